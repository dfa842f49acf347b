# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from otakube_cluster import node
from otakube_cluster.preflight import GIB, MachineFacts, problems
from otakube_cluster.settings import ClusterSettings
from unit.otakube_cluster.loading import Load


def test_an_ordinary_machine_has_no_problem(facts: MachineFacts, settings: ClusterSettings) -> None:
    assert problems(facts, settings) == []


@pytest.mark.parametrize(
    ("changed", "said", "cure"),
    [
        ({"system": "Darwin arm64"}, "This is Darwin arm64", "use kind"),
        ({"free_disk": GIB}, "1.0 GiB free and 4 GiB are needed", "OTAKUBE_DATA_DIR"),
        ({"free_disk": 5 * GIB, "unbuilt": ("kubernetes",)}, "16 GiB are needed", "OTAKUBE_CACHE_DIR"),
        ({"memory": GIB}, "1.0 GiB of memory", "use a larger one"),
        ({"filesystems": frozenset()}, "no overlay file system", "modprobe overlay"),
        (
            {"controllers": frozenset({"cpu", "cpuacct", "cpuset", "devices", "freezer", "pids"})},
            "memory",
            "mount",
        ),
        ({"namespaces_refused": "Operation not permitted"}, "Operation not permitted", "privileged"),
        ({"missing_programs": ("nft",), "can_install": False}, "missing", "package manager"),
        ({"unbuilt": ("kubernetes",), "go": None}, "needs Go 1.26", "https://go.dev/dl"),
        ({"routes": (("10.160.7.0/24", "vpn0"),)}, "10.160.0.0/16 is taken", "OTAKUBE_CLUSTER_POD_CIDR"),
        ({"routes": (("10.96.0.0/12", "docker0"),)}, "10.96.0.0/16 is taken", "OTAKUBE_CLUSTER_SERVICE_CIDR"),
        ({"neighbours": (("other", 0),)}, "other runs in slot 0", "OTAKUBE_CLUSTER_SLOT"),
    ],
)
def test_each_obstacle_is_one_sentence_with_its_cure(
    facts: MachineFacts, settings: ClusterSettings, changed: dict[str, object], said: str, cure: str
) -> None:
    [sentence] = problems(replace(facts, **changed), settings)
    assert said in sentence
    assert cure in sentence
    assert "\n" not in sentence


def test_missing_packages_are_no_obstacle_where_they_can_be_installed(
    facts: MachineFacts, settings: ClusterSettings
) -> None:
    assert problems(replace(facts, missing_programs=("nft", "runc")), settings) == []


def test_go_is_not_needed_when_everything_is_built(facts: MachineFacts, settings: ClusterSettings) -> None:
    assert problems(replace(facts, go=None), settings) == []


def test_several_obstacles_are_told_at_once(facts: MachineFacts, settings: ClusterSettings) -> None:
    assert len(problems(replace(facts, memory=0, free_disk=0), settings)) == 2


def test_the_cluster_own_routes_are_not_in_its_way(facts: MachineFacts, settings: ClusterSettings) -> None:
    routes = ((str(settings.pod_cidr), settings.link), (str(settings.link_cidr), settings.link))
    assert problems(replace(facts, routes=routes), settings) == []


def test_ranges_that_overlap_each_other_are_refused(facts: MachineFacts, load: Load) -> None:
    settings = load({"OTAKUBE_CLUSTER_POD_CIDR": "10.96.0.0/16"})
    [sentence] = problems(facts, settings)
    assert sentence.startswith("OTAKUBE_CLUSTER_POD_CIDR 10.96.0.0/16 and OTAKUBE_CLUSTER_SERVICE_CIDR")


def test_the_settings_of_a_running_cluster_are_accepted_again(
    facts: MachineFacts, settings: ClusterSettings
) -> None:
    assert problems(replace(facts, running_with=node.facts(settings), free_disk=0), settings) == []


def test_a_running_cluster_cannot_be_given_a_way_out(
    facts: MachineFacts, settings: ClusterSettings, load: Load
) -> None:
    running = replace(facts, running_with=node.facts(settings))
    [sentence] = problems(running, load({"OTAKUBE_DATA_DIR": "/data", "OTAKUBE_CLUSTER_EGRESS": "true"}))
    assert "runs with egress False, and True was asked for" in sentence
    assert "otakube cluster down" in sentence
