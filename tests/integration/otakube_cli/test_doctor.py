# SPDX-License-Identifier: Apache-2.0
"""`otakube doctor` at a real API server: silent on a sound installation, and right about planted faults."""

import copy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from charts import CHARTS, ValueSet, render
from console import otakube
from installation import ARGO, KEY, NAMESPACE, STORES, Sound, encoded, sound_installation
from otakube_cli.cluster import Cluster
from otakube_cli.connection import connected
from otakube_cli.doctor import examine
from otakube_cli.doctor.argo import referencing
from otakube_cli.doctor.diagnosis import SOUND, Diagnosis, DiagnosisState
from otakube_cli.doctor.policy import RIGHTS
from otakube_cli.doctor.stores import address, fault
from otakube_cluster import binaries, settings

PATIENCE = 60.0
CORE, APPS = "/api/v1/namespaces", "/apis/apps/v1/namespaces"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class Planted(NamedTuple):
    """One misconfiguration: the object, the change, the check that finds it, words of its finding."""

    path: str
    change: dict[str, Any] | None  # None deletes the object
    check: str
    words: str


def container(**fields: Any) -> dict[str, Any]:
    """The controller's Deployment with a container that differs."""
    image = "quay.io/argoproj/workflow-controller:v4.1.4"
    base = {
        "name": "workflow-controller",
        "image": image,
        "env": [{"name": "DEFAULT_REQUEUE_TIME", "value": "1s"}],
    }
    return {"spec": {"template": {"spec": {"containers": [base | fields]}}}}


CONTROLLER = f"{APPS}/{ARGO}/deployments/workflow-controller"
SECRET = f"{CORE}/{NAMESPACE}/secrets/otakube-stores"
CONFIG = f"{CORE}/{NAMESPACE}/configmaps/otakube-steps"
TEMPLATES = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/workflowtemplates"
ROLES = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}/roles"
OPERATOR = f"{APPS}/{NAMESPACE}/deployments/otakube-operator"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
SLICES = f"/apis/discovery.k8s.io/v1/namespaces/{STORES}/endpointslices"
CRONS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/cronworkflows"
SNAPSHOTS = f"{CRONS}/otakube-snapshot"
ENRICHMENTS = "/apis/otakube.dev/v1alpha1/namespaces/default/animeenrichments"

PLANTED = {
    "a CRD is missing": Planted(
        f"{CRDS}/episodeschedules.otakube.dev",
        None,
        "CRD episodeschedules.otakube.dev",
        "helm upgrade --install otakube-crds",
    ),
    "a requeue time that nobody set": Planted(
        CONTROLLER, container(env=[]), "Argo's requeue time", "DEFAULT_REQUEUE_TIME=2s"
    ),
    "another Argo": Planted(
        CONTROLLER, container(image="argo/workflow-controller:v3.7.2"), "Argo's version", "to Argo 4.1"
    ),
    "templates of everybody": Planted(
        f"{CORE}/{ARGO}/configmaps/workflow-controller-configmap",
        {"data": {"config": "workflowRestrictions: {templateReferencing: Strict}\n"}},
        "Argo's templateReferencing",
        "templateReferencing to Secure",
    ),
    "a template is missing": Planted(
        f"{TEMPLATES}/otakube-merge-locks",
        None,
        "template otakube-merge-locks",
        "helm upgrade --install otakube",
    ),
    "a template of another release": Planted(
        f"{TEMPLATES}/otakube-enrich-anime",
        {"spec": {"arguments": {"parameters": [{"name": "uid"}]}}},
        "template otakube-enrich-anime",
        "it lacks accelerator",
    ),
    "a key of the Secret is missing": Planted(
        SECRET, {"data": {"otakube_s3_secret_access_key": None}}, "Secret otakube-stores", "edit secret"
    ),
    "a key with a line break": Planted(
        SECRET,
        {"data": {"otakube_s3_access_key_id": encoded("test\n")}},
        "Secret otakube-stores",
        "line break",
    ),
    "the executor's token is missing": Planted(
        f"{CORE}/{NAMESPACE}/secrets/otakube-executor.service-account-token",
        {"data": {"token": None}},
        "Secret otakube-executor.service-account-token",
        "kube-controller-manager",
    ),
    "a store without pods": Planted(
        f"{SLICES}/otakube-vectors", {"endpoints": []}, "store Qdrant", "describe service otakube-vectors"
    ),
    "an address of nobody": Planted(
        CONFIG, {"data": {"OTAKUBE_QDRANT_URL": "http://qdrant:6333"}}, "store Qdrant", "correct the address"
    ),
    "a bucket that is not there": Planted(
        CONFIG, {"data": {"OTAKUBE_S3_BUCKET": "nothing"}}, "bucket: bucket", "otakube bucket init"
    ),
    "a right is missing": Planted(
        f"{ROLES}/otakube-operator",
        {"rules": []},
        "rights of otakube-operator",
        "helm upgrade --install otakube",
    ),
    "operator and command line differ": Planted(
        OPERATOR,
        {"metadata": {"labels": {"app.kubernetes.io/version": "0.0.1"}}},
        "versions",
        "helm upgrade otakube",
    ),
    "the operator does not run": Planted(
        f"{OPERATOR}/status",
        {"status": {"availableReplicas": 0, "readyReplicas": 0}},
        "Deployment otakube-operator",
        "logs",
    ),
    "snapshots that do not come": Planted(
        SNAPSHOTS,
        {"status": {"lastScheduledTime": "2020-01-05T10:00:00Z"}},
        "snapshots",
        "the last one began at 2020-01-05 10:00 UTC",
    ),
    "scrubs that do not come": Planted(
        f"{CRONS}/otakube-scrub",
        {"status": {"lastScheduledTime": "2020-01-05T10:00:00Z"}},
        "scrub",
        "the last one began at 2020-01-05 10:00 UTC",
    ),
    "the policy binds nobody": Planted(
        f"{BINDINGS}/otakube-workflows-{NAMESPACE}",
        None,
        "admission policy on Workflows",
        "workflowPolicy.enabled",
    ),
}


@pytest.fixture(scope="module")
def sound(kubernetes_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    with sound_installation(tmp_path_factory.mktemp("sound"), kubernetes_binary) as installation:
        yield installation


@pytest.fixture
async def cluster(sound: Sound) -> Any:
    async with connected(
        kubeconfig=str(sound.plane.kubeconfig), context="", namespace=NAMESPACE
    ) as connection:
        yield connection


async def findings(cluster: Cluster, wanted: Callable[[list[Diagnosis]], bool]) -> list[Diagnosis]:
    """What is wrong, once the API server has taken up what was planted: policies and kinds take a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [finding for finding in await examine(cluster) if finding.state not in SOUND]
        if wanted(found) or time.monotonic() > deadline:
            return found


async def test_nothing_is_wrong_with_a_sound_installation(cluster: Cluster) -> None:
    assert await findings(cluster, lambda found: not found) == []
    skipped = [each for each in await examine(cluster) if each.state is DiagnosisState.SKIPPED]
    assert skipped == []


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
async def test_a_planted_fault_is_found_with_its_cure_and_nothing_else(
    sound: Sound, cluster: Cluster, planted: Planted
) -> None:
    main = planted.path.removesuffix("/status")
    before = sound.api.get(main).raise_for_status().json()
    if planted.change is None:
        sound.api.delete(main).raise_for_status()
    else:
        sound.merge(planted.path, planted.change)
    try:
        found = await findings(cluster, lambda found: [each.check for each in found] == [planted.check])
    finally:
        restore(sound, planted.path, before)
    assert [each.check for each in found] == [planted.check], found
    assert planted.words in f"{found[0].message} {found[0].cure}"
    assert found[0].cure
    assert await findings(cluster, lambda found: not found) == []


def restore(sound: Sound, path: str, before: dict[str, Any]) -> None:
    """Put an object back as it was."""
    body = copy.deepcopy(before)
    for field in ("resourceVersion", "uid", "creationTimestamp", "managedFields", "generation"):
        body["metadata"].pop(field, None)
    main = path.removesuffix("/status")
    status = body.get("status")
    sound.put(main.rpartition("/")[0], body)
    if status and "deployments" in main:
        sound.merge(f"{main}/status", {"status": {k: v for k, v in status.items() if k != "conditions"}})
    if "customresourcedefinitions" in main:
        sound.plane.wait_for_crds(body["metadata"]["name"])


async def test_an_enrichment_in_a_namespace_that_nobody_watches_is_found(
    sound: Sound, cluster: Cluster
) -> None:
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": "tide"},
        "spec": {"anime": {"title": "Frozen Tide"}},
    }
    sound.put(ENRICHMENTS, body)
    found = await findings(cluster, lambda found: [each.check for each in found] == ["watched namespaces"])
    sound.api.delete(f"{ENRICHMENTS}/tide").raise_for_status()
    assert [each.check for each in found] == ["watched namespaces"]
    assert "namespace 'default' has 1 AnimeEnrichments" in found[0].message


async def test_a_schedule_that_nobody_serves_is_found_by_doctor_and_status(
    sound: Sound, cluster: Cluster
) -> None:
    schedules = f"/apis/otakube.dev/v1alpha1/namespaces/{NAMESPACE}/episodeschedules"
    body = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "EpisodeSchedule",
        "metadata": {"name": "late"},
        "spec": {"anime": {"id": "ani_01JD3Z5K8Q0000000000000001"}, "schedule": "0 0 * * *", "suspend": True},
    }
    sound.put(schedules, body)
    try:
        assert await findings(cluster, lambda found: not found) == [], "a suspended one is no fault"
        assert "1 of 1 are suspended" in [each.message for each in await examine(cluster)]
        sound.merge(f"{schedules}/late/status", {"status": {"nextScheduleTime": "2020-01-01T00:00:00Z"}})
        [found] = await findings(cluster, lambda found: [each.check for each in found] == ["schedules"])
        status = otakube(sound.plane, "status")
    finally:
        sound.api.delete(f"{schedules}/late").raise_for_status()
    assert (found.check, found.message) == ("schedules", "1 overdue: late")
    assert "otakube-operator" in found.cure
    assert "Schedules: 1 overdue: late; 1 suspended. See `otakube schedule list`" in status.stderr


async def test_snapshots_that_are_suspended_for_too_long_or_failed_are_found_by_doctor_and_status(
    sound: Sound, cluster: Cluster
) -> None:
    workflows = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/workflows"
    before = sound.api.get(SNAPSHOTS).raise_for_status().json()
    run = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": "otakube-snapshot-1",
            "labels": {"workflows.argoproj.io/cron-workflow": "otakube-snapshot"},
        },
        "spec": {"workflowTemplateRef": {"name": "otakube-snapshot"}},
        "status": {"phase": "Failed", "message": "no space left"},
    }
    sound.merge(SNAPSHOTS, {"spec": {"suspend": True}})
    try:
        paused = [each for each in await examine(cluster) if each.check == "snapshots"]
        sound.merge(SNAPSHOTS, {"status": {"lastScheduledTime": "2020-01-05T10:00:00Z"}})
        late = otakube(sound.plane, "status")
        sound.put(workflows, run)
        [found] = await findings(cluster, lambda found: [each.check for each in found] == ["snapshots"])
        failed = otakube(sound.plane, "status", "-A")
    finally:
        restore(sound, SNAPSHOTS, before)
        sound.api.delete(f"{workflows}/otakube-snapshot-1")
    assert paused == [Diagnosis("snapshots", message="suspended")]
    assert "Snapshots: it is suspended, and the last one began at 2020-01-05 10:00 UTC. See" in late.stderr
    assert found.message == "its last run otakube-snapshot-1 failed: no space left"
    assert "submit --from cronworkflow/otakube-snapshot" in found.cure
    assert f"Snapshots: {found.message}. See `otakube doctor`" in failed.stderr


def test_the_command_ends_with_1_names_what_is_wrong_and_shows_no_secret(sound: Sound) -> None:
    right = otakube(sound.plane, "doctor")
    assert (right.returncode, right.stderr) == (0, "")
    sound.merge(SECRET, {"data": {"otakube_mongodb_uri": encoded("postgres://otakube:topsecret@db")}})
    wrong = otakube(sound.plane, "doctor", "-o", "yaml")
    sound.merge(
        SECRET, {"data": {"otakube_mongodb_uri": encoded(f"mongodb://otakube-documents.{STORES}.svc/")}}
    )
    assert wrong.returncode == 1
    assert "Secret otakube-stores" in wrong.stderr
    found = [row["check"] for row in yaml.safe_load(wrong.stdout) if row["state"] != "Ok"]
    assert "Secret otakube-stores" in found
    assert not [word for word in ("topsecret", KEY) if word in wrong.stdout + wrong.stderr]


def test_the_rights_that_are_asked_for_are_those_of_the_chart() -> None:
    helm = binaries.program("helm", settings.load().cache)
    documents = render(helm, ValueSet("otakube", CHARTS / "otakube/ci/dev-values.yaml"))
    for account, rights in RIGHTS.items():
        [role] = [
            each for each in documents if each["kind"] == "Role" and each["metadata"]["name"] == account
        ]
        granted = {
            (group, resource, verb)
            for rule in role["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }
        asked = {(group, resource, verb) for group, resource, verbs in rights for verb in verbs.split()}
        assert asked == granted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"config": "workflowRestrictions: {templateReferencing: Secure}\n"}, "Secure"),
        ({"workflowRestrictions": "templateReferencing: Secure\n"}, "Secure"),
        ({"workflowRestrictions": "templateReferencing: Strict\n"}, "Strict"),
        ({"config": "parallelism: 10\n"}, ""),
        ({"workflowRestrictions": "a: [\n"}, ""),
        ({"workflowRestrictions": "Secure"}, ""),
        ({}, ""),
    ],
)
def test_argo_s_setting_is_read_in_both_ways_to_write_it(data: dict[str, str], said: str) -> None:
    assert referencing(data) == said


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://qdrant:6333", ("qdrant", 6333)),
        ("mongodb://u:p@db.example", ("db.example", 27017)),
        ("https://s3.example", ("s3.example", 443)),
        ("mongodb+srv://db.example", ("", 0)),
        ("mongodb://a:1,b:2/x", ("", 0)),
        ("http://[", ("", 0)),
    ],
)
def test_an_address_is_host_and_port(url: str, place: tuple[str, int]) -> None:
    assert address(url) == place


def test_a_key_may_be_left_out_only_where_there_is_a_default() -> None:
    assert fault("otakube_redis_url", None) == ""
    assert "is missing" in fault("otakube_mongodb_uri", None)
    assert "is empty" in fault("otakube_redis_url", "")
    assert "must begin with" in fault("otakube_redis_url", "http://redis")
