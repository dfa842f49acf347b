# SPDX-License-Identifier: Apache-2.0
import json
import tomllib
from pathlib import Path

from otakube_cluster.components import all_components
from otakube_cluster.settings import ClusterSettings
from unit.otakube_cluster.loading import Load

KUBERNETES = Path("/cache/kubernetes")


def test_etcd_and_the_api_server_start_before_whoever_calls_them(settings: ClusterSettings) -> None:
    names = [daemon.name for daemon in all_components(settings, KUBERNETES)]
    assert names[:2] == ["etcd", "kube-apiserver"]
    assert names.index("containerd") < names.index("kubelet")


def test_two_clusters_share_no_folder_address_or_control_group(settings: ClusterSettings, load: Load) -> None:
    other = load({"OTAKUBE_DATA_DIR": "/data", "OTAKUBE_CLUSTER_NAME": "other"})
    ours, theirs = (_texts(one) for one in (settings, other))
    for mark in (
        "/clusters/otakube/",
        "/run/otakube/otakube/",
        "10.96.0.",
        "10.160.0.",
        '"/otakube-otakube"',
    ):
        assert mark in ours
        assert mark not in theirs


def _texts(settings: ClusterSettings) -> str:
    return "\n".join(
        "\n".join([*daemon.command, *map(str, daemon.files), *daemon.files.values()])
        for daemon in all_components(settings, KUBERNETES)
    )


def test_the_configurations_can_be_read(settings: ClusterSettings) -> None:
    files = {
        path: text for daemon in all_components(settings, KUBERNETES) for path, text in daemon.files.items()
    }
    for path, text in files.items():
        read = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        assert read


def test_imported_images_are_never_collected_and_cgroup_v1_is_accepted(settings: ClusterSettings) -> None:
    [kubelet] = [one for one in all_components(settings, KUBERNETES) if one.name == "kubelet"]
    [text] = kubelet.files.values()
    config = json.loads(text)
    assert config["imageGCHighThresholdPercent"] == 100
    assert config["failCgroupV1"] is False


def test_a_daemon_is_started_anew_when_its_configuration_changed(settings: ClusterSettings) -> None:
    before = {one.name: one.digest for one in all_components(settings, KUBERNETES)}
    after = {
        one.name: one.digest
        for one in all_components(settings.model_copy(update={"audit": True}), KUBERNETES)
    }
    assert {name for name in before if before[name] != after[name]} == {"kube-apiserver"}
