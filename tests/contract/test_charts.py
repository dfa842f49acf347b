# SPDX-License-Identifier: Apache-2.0
"""The charts render for every set of values, say everything that they leave open, and tell no secret."""

import re
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import yaml

from charts import CHARTS, SETS, containers, render
from otakube.domain.licences.terms import Agreement
from otakube.provider_settings import ProviderSettings
from otakube.settings import Settings, load, settings_of
from otakube_api.contract import STEP_SECRET, Provider
from otakube_api.providers import PROFILES
from otakube_cli import cluster
from otakube_cluster import binaries, settings
from otakube_operator.settings import PREFIX, OperatorSettings

ROOT = CHARTS.parent
INLINE = CHARTS / "otakube/ci/inline-secrets-values.yaml"
# The embed image knows where its models lie; a pod takes its memory from its own container's limit.
GIVEN_TO_NOBODY = {
    "otakube_embedding_folder",
    "otakube_memory_limit_bytes",
    "otakube_store_answer_seconds",
    "otakube_store_connect_seconds",
}
BASE = ProviderSettings.model_fields.keys()


@pytest.fixture(scope="session")
def helm() -> Path:
    return binaries.program("helm", settings.load().cache)


def failure(helm: Path, *arguments: str) -> str:
    command = [
        str(helm),
        "template",
        "otakube",
        str(CHARTS / "otakube"),
        "--kube-version",
        "1.34.0",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode
    return done.stderr


@pytest.mark.parametrize("chart", ["otakube", "otakube-dev", "otakube-crds"])
def test_helm_finds_nothing_to_complain_about(helm: Path, chart: str) -> None:
    values = ["--values", str(INLINE)] if chart == "otakube" else []
    command = [str(helm), "lint", "--strict", str(CHARTS / chart), "--kube-version", "1.34.0", *values]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout


@pytest.mark.parametrize("chosen", SETS, ids=lambda chosen: chosen.name)
def test_every_container_of_every_set_is_restricted(helm: Path, chosen: Any) -> None:
    found = list(containers(render(helm, chosen)))
    assert found
    for pod, container in found:
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"]["drop"] == ["ALL"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        assert "memory" in container.get("resources", {}).get("limits", {}) or container["name"] == "bucket"


def test_only_the_operator_gets_a_token(helm: Path) -> None:
    for chosen in SETS:
        for document in render(helm, chosen):
            if document["kind"] in {"Deployment", "StatefulSet"}:
                pod = document["spec"]["template"]["spec"]
                wants = pod.get("automountServiceAccountToken", True)
                assert wants == (document["metadata"]["name"] == "otakube-operator")


def test_every_setting_of_the_steps_is_a_value_or_a_secret(helm: Path) -> None:
    documents = render(helm, next(chosen for chosen in SETS if chosen.values == INLINE))
    (plain,) = (d["data"] for d in documents if d["kind"] == "ConfigMap")
    (secret,) = (d["data"] for d in documents if d["metadata"]["name"] == STEP_SECRET)
    wanted = {f"otakube_{name}" for name in Settings.model_fields if name != "providers"} | {
        f"otakube_providers__{profile.package}__{name}"
        for provider, profile in PROFILES.items()
        for name in ("enabled", "url", *settings_of(provider).model_fields.keys() - BASE)
    }
    given = {name.lower() for name in plain} | set(secret)
    assert wanted - given == GIVEN_TO_NOBODY
    assert given - wanted == {
        "otakube_providers__anidb__daily_budget",
        "otakube_providers__anilist__licence",
    } | {f"otakube_providers__{name}__preferred" for name in ("jikan", "myanimelist")}


def test_the_steps_start_with_what_the_chart_gives_them(
    helm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = render(helm, next(chosen for chosen in SETS if chosen.values == INLINE))
    (plain,) = (d["data"] for d in documents if d["kind"] == "ConfigMap")
    (secret,) = (d["data"] for d in documents if d["metadata"]["name"] == STEP_SECRET)
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    for name, value in secret.items():
        (tmp_path / name).write_bytes(b64decode(value))
    monkeypatch.setenv("OTAKUBE_SECRETS_DIR", str(tmp_path))
    parsed, own = load(), Settings()
    assert {one: parsed.providers[one].enabled for one in Provider} == {
        one: own.providers[one].enabled for one in Provider
    }
    assert parsed.providers[Provider.ANIMESCHEDULE].text_of("token") == "secret-of-animeschedule"
    assert parsed.providers[Provider.ANILIST].licence == Agreement(retention_days=7, storable=False)
    assert (parsed.image_hosts, parsed.provider_clock_scale) == (own.image_hosts, 20)


def test_the_chart_leaves_what_it_does_not_name_to_the_provider_table(helm: Path) -> None:
    documents = render(
        helm, next(chosen for chosen in SETS if chosen.name == "otakube external-stores-values")
    )
    (plain,) = (d["data"] for d in documents if d["kind"] == "ConfigMap")
    assert not [name for name in plain if name.endswith("__URL") or name == "OTAKUBE_IMAGE_HOSTS"]


def test_the_steps_may_reach_the_ports_of_every_provider(helm: Path) -> None:
    documents = render(helm, next(chosen for chosen in SETS if chosen.values == INLINE))
    rules = [rule for d in documents if d["kind"] == "NetworkPolicy" for rule in d["spec"].get("egress", [])]
    public = [rule for rule in rules if any("0.0.0.0/0" in str(peer) for peer in rule.get("to", []))]
    assert public
    for rule in public:
        assert {port["port"] for port in rule["ports"]} == {443} | {one.port for one in PROFILES.values()}


def test_every_setting_of_the_operator_is_given_by_the_chart(helm: Path) -> None:
    for chosen in (chosen for chosen in SETS if chosen.chart == "otakube"):
        (operator,) = (each for _, each in containers(render(helm, chosen)) if each["name"] == "operator")
        given = {each["name"] for each in operator["env"] if each["name"].startswith(PREFIX)}
        assert given == {PREFIX + name.upper() for name in OperatorSettings.model_fields}


def test_a_secret_is_in_its_secret_and_nowhere_else(helm: Path) -> None:
    documents = render(helm, next(chosen for chosen in SETS if chosen.values == INLINE))
    secrets = [d for d in documents if d["kind"] == "Secret" and d.get("data")]
    held = [b64decode(value).decode() for secret in secrets for value in secret["data"].values()]
    assert any("secret-of-mongodb" in value for value in held)
    rest = yaml.safe_dump_all([d for d in documents if d not in secrets])
    assert "secret-of" not in rest
    assert not any(value in rest for value in held)


def test_a_secret_of_one_s_own_keeps_the_credentials_out(helm: Path) -> None:
    (chosen,) = (chosen for chosen in SETS if chosen.name == "otakube external-stores-values")
    documents = render(helm, chosen)
    assert not [d for d in documents if d["kind"] == "Secret" and d.get("data")]
    text = yaml.safe_dump_all(documents)
    assert f"secretName: {STEP_SECRET}" not in text
    assert "secretName: catalogue-credentials" in text


def test_the_workflows_are_shipped_as_they_were_rendered_but_for_images(helm: Path) -> None:
    (chosen,) = (chosen for chosen in SETS if chosen.name == "otakube external-stores-values")
    shipped = {(d["kind"], d["metadata"]["name"]): d for d in render(helm, chosen)}
    files = sorted((CHARTS / "otakube/files/workflows").glob("*.yaml"))
    assert files
    for path in files:
        text = path.read_text()
        for image in ("steps", "embed"):
            text = text.replace(f"otakube-{image}:dev", f"registry.example.com/otakube/otakube-{image}:0.1.0")
        wanted = yaml.safe_load(
            text.replace("secretName: otakube-stores", "secretName: catalogue-credentials")
        )
        assert shipped[wanted["kind"], wanted["metadata"]["name"]] == wanted


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "stores.mongodb.uri: give the connection string, or name a Secret in stores.existingSecret"),
        (["--set", "stores.existingSecret=x"], "stores.qdrant.url: say where Qdrant answers"),
        (
            ["--set", "stores.existingSecret=x,stores.mongodb.uri=y"],
            "put otakube_mongodb_uri into that Secret",
        ),
        (["--set", "stores.existingSecret=x,suggestions.apiKey=y"], "put otakube_suggestion_api_key into"),
        (
            ["--set", "stores.existingSecret=x,stores.qdrant.url=http://q,suggestions.model=m"],
            "say in suggestions.url where it answers",
        ),
        (["--set", "providers.mal.enabled=true"], "'mal' not allowed"),
        (["--set", "providers.anidb.client=otakube"], "/providers/anidb/client"),
        (["--set", "providers.kitsu.licence.retentionDays=-1"], "/providers/kitsu/licence/retentionDays"),
        (["--set", "images.hostz=x"], "'hostz' not allowed"),
        (["--set", "catalogue.replicas=0"], "/catalogue/replicas"),
        (["--set", "image.pullPolicy=Sometimes"], "/image/pullPolicy"),
        (["--set", "stores.qdrant.url=http://user:password@host"], "/stores/qdrant/url"),
        (["--set", "stores.s3.endpoint=http://host?key=hidden"], "/stores/s3/endpoint"),
        (["--set", "providers.jikan.url=http://user:password@host"], "/providers/jikan/url"),
        (["--set", "providers.anidb.titlesUrl=http://host?key=hidden"], "/providers/anidb/titlesUrl"),
        (["--set", "operator.image.digest=sha256:short"], "/operator/image/digest"),
        (["--set", "review.confidenceThreshold=2"], "/review/confidenceThreshold"),
        (["--set", "operator.logLevel=LOUD"], "/operator/logLevel"),
        (["--set", "embed.accelerators={TPU}"], "/embed/accelerators"),
        (
            ["--values", str(INLINE), "--set", "operator.gpu=true"],
            "add GPU to embed.accelerators, or set operator.gpu to false",
        ),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(helm: Path, given: list[str], words: str) -> None:
    assert words in failure(helm, *given)


@pytest.mark.parametrize("chart", ["otakube", "otakube-dev"])
def test_every_value_is_described_in_the_schema(chart: str) -> None:
    schema = yaml.safe_load((CHARTS / chart / "values.schema.json").read_text())
    values = yaml.safe_load((CHARTS / chart / "values.yaml").read_text())
    undescribed = list(_undescribed(values, schema, schema["$defs"], ()))
    assert undescribed == []


def _undescribed(values: Any, schema: Any, shared: Any, path: tuple[str, ...]) -> Any:
    for name, value in values.items():
        below = schema.get("properties", {}).get(name)
        if below is None:
            yield ".".join((*path, name))
            continue
        below = {**shared.get(below.get("$ref", "").rpartition("/")[2], {}), **below}
        if not below.get("description"):
            yield ".".join((*path, name))
        if isinstance(value, dict) and "properties" in below and name != "resources":
            yield from _undescribed(value, below, shared, (*path, name))


def test_skaffold_builds_exactly_the_listed_images() -> None:
    listed = yaml.safe_load((ROOT / "images/images.yaml").read_text())["images"]
    built = yaml.safe_load((ROOT / "skaffold.yaml").read_text())["build"]["artifacts"]
    assert [
        (a["image"], a["docker"]["dockerfile"], a.get("requires", [{}])[0].get("image")) for a in built
    ] == [(row["name"], row["dockerfile"], row.get("base")) for row in listed]


def test_skaffold_installs_every_image_that_it_builds() -> None:
    skaffold = yaml.safe_load((ROOT / "skaffold.yaml").read_text())
    text = yaml.safe_dump(skaffold["deploy"])
    for artifact in skaffold["build"]["artifacts"]:
        name = artifact["image"].replace("-", "_")
        assert f"IMAGE_REPO_{name}}}" in text
        assert f"IMAGE_TAG_{name}}}" in text


@pytest.mark.parametrize(
    "dockerfile", sorted((ROOT / "images").glob("*/Dockerfile")), ids=lambda p: p.parent.name
)
def test_a_dockerfile_copies_what_exists_runs_as_nobody_and_leaves_pip_behind(dockerfile: Path) -> None:
    text = dockerfile.read_text()
    for line in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.*)$", text, re.MULTILINE):
        assert all((ROOT / source).exists() for source in line.split()[:-1]), line
    final = text.rpartition("\nFROM ")[2] if "\nFROM " in text else text
    assert "pip" not in final.lower()
    assert "--mount" not in text
    derived = re.search(r"^ARG BASE=otakube-", text, re.MULTILINE)
    assert derived or "USER 65532:65532" in final
    assert derived or "ENTRYPOINT" in final


def test_no_service_s_name_becomes_a_setting(helm: Path) -> None:
    for chosen in SETS:
        for document in render(helm, chosen):
            if document["kind"] in {"Deployment", "StatefulSet"}:
                assert document["spec"]["template"]["spec"]["enableServiceLinks"] is False


READERS, INTERNAL = 8080, 8081


def catalogue(helm: Path, values: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What the chart makes, by kind and name."""
    (chosen,) = (chosen for chosen in SETS if chosen.name == f"otakube {values}")
    return {(d["kind"], d["metadata"]["name"]): d for d in render(helm, chosen)}


def test_the_probes_and_the_internal_service_use_a_port_of_their_own(helm: Path) -> None:
    made = catalogue(helm, "closed-values")
    (container,) = made["Deployment", "otakube-catalogue"]["spec"]["template"]["spec"]["containers"]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert ports == {"http": READERS, "internal": INTERNAL}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] == "internal"
    assert [each["port"] for each in made["Service", "otakube-catalogue"]["spec"]["ports"]] == [READERS]
    internal = made["Service", "otakube-catalogue-internal"]["spec"]["ports"]
    assert [(each["port"], each["targetPort"]) for each in internal] == [(INTERNAL, "internal")]


@pytest.mark.parametrize(
    ("values", "who"),
    [
        ("gpu-values", []),
        ("closed-values", [{"ipBlock": {"cidr": "192.0.2.10/32"}}]),
        (
            "metrics-values",
            [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
        ),
    ],
)
def test_the_internal_port_admits_the_api_server_and_who_scrapes_and_nobody_else(
    helm: Path, values: str, who: list[dict[str, Any]]
) -> None:
    rules = catalogue(helm, values)["NetworkPolicy", "otakube-catalogue"]["spec"]["ingress"]
    admitted = [
        peer
        for rule in rules
        if any(port["port"] == INTERNAL for port in rule["ports"])
        for peer in rule["from"]
    ]
    assert admitted == who
    assert all(rule["ports"] for rule in rules)


@pytest.mark.parametrize(
    ("name", "service", "port"),
    [
        ("otakube-operator", "otakube-operator", "http"),
        ("otakube-catalogue", "otakube-catalogue-internal", "internal"),
    ],
)
def test_each_service_is_scraped_on_one_port_that_its_pods_have(
    helm: Path, name: str, service: str, port: str
) -> None:
    made = catalogue(helm, "metrics-values")
    monitor = made["ServiceMonitor", name]["spec"]
    assert [(each["port"], each["path"]) for each in monitor["endpoints"]] == [(port, "/metrics")]
    wanted = monitor["selector"]["matchLabels"].items()
    services = {
        each["metadata"]["name"]: each["spec"]["ports"]
        for (kind, _), each in made.items()
        if kind == "Service" and wanted <= each["metadata"]["labels"].items()
    }
    scraped = {
        found: each["targetPort"]
        for found, ports in services.items()
        for each in ports
        if each["name"] == port
    }
    assert scraped == {service: port}
    [container] = made["Deployment", name]["spec"]["template"]["spec"]["containers"]
    assert port in {each["name"] for each in container["ports"]}


def test_without_the_values_nothing_of_the_prometheus_operator_is_made(helm: Path) -> None:
    kinds = {kind for kind, _ in catalogue(helm, "closed-values")}
    assert not kinds & {"ServiceMonitor", "PrometheusRule"}


def test_the_command_line_asks_for_the_services_that_the_roles_name(helm: Path) -> None:
    made = catalogue(helm, "closed-values")
    asked = {cluster.CATALOGUE, cluster.INTERNAL}
    listening = {
        f"{name}:{port['port']}"
        for (kind, name), d in made.items()
        if kind == "Service"
        for port in d["spec"]["ports"]
    }
    assert asked <= listening
    for role in ("otakube-reviewer", "otakube-curator"):
        (named,) = (
            set(rule["resourceNames"])
            for rule in made["Role", role]["rules"]
            if rule["resources"] == ["services/proxy"]
        )
        assert named == asked
