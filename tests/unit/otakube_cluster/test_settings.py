# SPDX-License-Identifier: Apache-2.0
import itertools

import pytest

from otakube_cluster.errors import ClusterError
from otakube_cluster.settings import DEFAULT_NAME, SLOTS, ClusterSettings, slot_of
from unit.otakube_cluster.loading import Load


def test_the_default_cluster_has_the_well_known_addresses(settings: ClusterSettings) -> None:
    assert settings.name == DEFAULT_NAME
    assert settings.server == "https://10.224.0.2:6443"
    assert settings.kubernetes_ip == "10.96.0.1"
    assert settings.dns_ip == "10.96.0.10"
    assert settings.host_ip == "10.224.0.1"
    assert str(settings.kubeconfig) == "/data/clusters/otakube/kubeconfig"


def test_another_name_gets_other_addresses_device_and_folders(settings: ClusterSettings, load: Load) -> None:
    other = load({"OTAKUBE_DATA_DIR": "/data", "OTAKUBE_CLUSTER_NAME": "second"})
    assert not other.pod_cidr.overlaps(settings.pod_cidr)
    assert not other.service_cidr.overlaps(settings.service_cidr)
    assert not other.link_cidr.overlaps(settings.link_cidr)
    assert other.link != settings.link
    assert other.data != settings.data
    assert other.run != settings.run


def test_no_ranges_of_any_two_slots_overlap(load: Load) -> None:
    clusters = [load({"OTAKUBE_CLUSTER_SLOT": str(slot)}) for slot in range(SLOTS)]
    ranges = sorted(cidr for one in clusters for cidr in (one.link_cidr, one.pod_cidr, one.service_cidr))
    assert not any(low.overlaps(high) for low, high in itertools.pairwise(ranges))


def test_only_the_default_name_has_slot_0() -> None:
    assert slot_of(DEFAULT_NAME) == 0
    assert all(1 <= slot_of(f"cluster-{number}") < SLOTS for number in range(1000))


def test_the_network_device_fits_the_kernel(load: Load) -> None:
    assert len(load({"OTAKUBE_CLUSTER_SLOT": str(SLOTS - 1)}).link) <= 15


def test_a_flag_wins_over_its_variable(load: Load) -> None:
    environment = {"OTAKUBE_CLUSTER_NAME": "from-variable", "OTAKUBE_CLUSTER_EGRESS": "true"}
    assert load(environment, name="from-flag", egress=False).name == "from-flag"
    assert load(environment, egress=False).egress is False
    assert load(environment).egress is True


@pytest.mark.parametrize(
    ("variable", "value", "cure"),
    [
        ("NAME", "Upper", "lower-case letters"),
        ("NAME", "a" * 33, "at most 32"),
        ("NAME", "-a", "inner hyphens"),
        ("SLOT", "64", "from 0 to 63"),
        ("SLOT", "one", "whole number from 0 to 63"),
        ("API_PORT", "70000", "from 1 to 65535"),
        ("POD_CIDR", "10.0.0.1/16", "such as 10.160.0.0/16"),
        ("SERVICE_CIDR", "10.0.0.0/28", "at least 512 addresses"),
        ("EGRESS", "maybe", "true or false"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_cure(
    load: Load, variable: str, value: str, cure: str
) -> None:
    with pytest.raises(ClusterError) as raised:
        load({f"OTAKUBE_CLUSTER_{variable}": value})
    assert f"OTAKUBE_CLUSTER_{variable} is {value!r}" in str(raised.value)
    assert cure in str(raised.value)


def test_a_wrong_name_is_the_only_complaint_though_its_slot_is_unknown(load: Load) -> None:
    with pytest.raises(ClusterError) as raised:
        load({}, name="Upper")
    assert len(str(raised.value).splitlines()) == 1


def test_an_empty_variable_means_its_default(load: Load) -> None:
    assert load({"OTAKUBE_CLUSTER_SLOT": "", "OTAKUBE_CLUSTER_POD_CIDR": ""}) == load({})
