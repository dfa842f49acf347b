# SPDX-License-Identifier: Apache-2.0

from otakube_cluster.network import container_network, machine_rules, node_rules
from otakube_cluster.settings import ClusterSettings


def test_without_egress_pod_traffic_to_the_uplink_is_dropped(settings: ClusterSettings) -> None:
    rules = node_rules(settings)
    assert 'oifname "uplink" drop' in rules
    assert "masquerade" not in rules


def test_with_egress_pods_leave_under_the_node_address(settings: ClusterSettings) -> None:
    rules = node_rules(settings.model_copy(update={"egress": True}))
    assert "drop" not in rules
    assert "ip saddr 10.160.0.0/16 ip daddr != 10.224.0.0/30 masquerade" in rules


def test_the_machine_hides_only_this_cluster_packets(settings: ClusterSettings) -> None:
    assert "ip saddr 10.224.0.0/30" in machine_rules(settings, "otakube_otakube")


def test_pods_get_addresses_of_their_range_and_leave_none_behind(settings: ClusterSettings) -> None:
    ipam = container_network(settings)["plugins"][0]["ipam"]
    assert ipam["ranges"] == [[{"subnet": "10.160.0.0/16"}]]
    assert ipam["dataDir"].startswith("/run/otakube/otakube/")
