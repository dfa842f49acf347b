# SPDX-License-Identifier: Apache-2.0
"""The local cluster comes up from every state that it can be left in, and goes without a trace."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from local_cluster import LocalCluster

CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: kept, namespace: default}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""


def test_up_serves_and_up_again_changes_nothing(cluster: LocalCluster) -> None:
    cluster.up()
    before = cluster.status()
    assert before["running"]
    assert "otakube-lifecycle" in cluster.kubectl("get", "nodes", "--output", "name")
    cluster.up()
    assert cluster.status() == before


def test_a_single_killed_daemon_is_started_again_and_the_others_stay(cluster: LocalCluster) -> None:
    cluster.up()
    before = cluster.status()["daemons"]
    os.kill(before["kubelet"], signal.SIGKILL)
    os.kill(before["kube-apiserver"], signal.SIGKILL)
    cluster.up()
    after = cluster.status()["daemons"]
    assert {name for name in before if before[name] != after[name]} == {"kubelet", "kube-apiserver"}


def test_up_recovers_after_everything_was_killed_at_once(cluster: LocalCluster) -> None:
    cluster.up()
    cluster.kubectl("create", "configmap", "kept", "--namespace", "default")
    cluster.kill_everything()
    assert not cluster.status()["running"]
    cluster.up()
    assert cluster.kubectl("get", "configmap", "kept", "--namespace", "default", "--output", "name")
    cluster.kubectl("delete", "configmap", "kept", "--namespace", "default")


def test_down_leaves_nothing_and_keeps_the_data(cluster: LocalCluster) -> None:
    cluster.up()
    claim = cluster.data / "claim.yaml"
    claim.write_text(CLAIM)
    cluster.kubectl("apply", "--filename", str(claim))
    cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Bound", "pvc/kept", "--namespace", "default")
    [folder] = (cluster.data / "clusters" / cluster.name / "volumes").iterdir()
    (folder / "note").write_text("kept")
    assert cluster.run("down").returncode == 0
    assert cluster.remains() == []
    assert cluster.run("down").returncode == 0
    cluster.up()
    assert (folder / "note").read_text() == "kept"
    cluster.kubectl("delete", "--filename", str(claim))


def test_a_changed_setting_of_a_running_cluster_is_refused_with_the_cure(cluster: LocalCluster) -> None:
    cluster.up()
    done = cluster.run("up", OTAKUBE_CLUSTER_POD_CIDR="10.250.0.0/16")
    assert done.returncode == 1
    assert "runs with pods 10." in done.stderr
    assert "otakube cluster down" in done.stderr
    assert cluster.status()["running"]


def test_two_clusters_stand_beside_each_other(cluster: LocalCluster, neighbour: LocalCluster) -> None:
    cluster.up()
    neighbour.up()
    cluster.kubectl("create", "namespace", "only-here")
    assert "only-here" not in neighbour.kubectl("get", "namespaces", "--output", "name")
    assert neighbour.run("down", "--purge").returncode == 0
    assert neighbour.remains() == []
    cluster.up()
    assert cluster.kubectl("get", "namespace", "only-here", "--output", "name")
    cluster.kubectl("delete", "namespace", "only-here")


def test_the_slot_of_another_cluster_is_refused_before_anything_changes(
    cluster: LocalCluster, neighbour: LocalCluster
) -> None:
    cluster.up()
    link = cluster.status()["server"].split(".")[2]
    done = neighbour.run("up", OTAKUBE_CLUSTER_SLOT=link)
    assert done.returncode == 1
    assert f"The cluster {cluster.name} runs in slot {link} too: set OTAKUBE_CLUSTER_SLOT" in done.stderr
    assert not neighbour.status()["running"]
    assert cluster.status()["running"]


def test_down_purge_leaves_no_data_either(cluster: LocalCluster) -> None:
    cluster.up()
    assert cluster.run("down", "--purge").returncode == 0
    assert cluster.remains() == []
    assert not (cluster.data / "clusters" / cluster.name).exists()


@pytest.mark.parametrize("line", ["Make the node", "Start etcd", "Start containerd", "Wait for the node"])
def test_up_succeeds_after_it_was_interrupted(cluster: LocalCluster, line: str) -> None:
    cluster.run("down")
    assert cluster.interrupt_up_after(line) == 130
    cluster.up()
    assert cluster.run("down").returncode == 0
    assert cluster.remains() == []


def test_up_succeeds_after_it_was_interrupted_while_it_installed(cluster: LocalCluster) -> None:
    for line in ("Start volume-provisioner", "Import"):
        cluster.run("down", "--purge")
        assert cluster.interrupt_up_after(line) == 130
        cluster.up()


def test_up_succeeds_after_it_was_interrupted_again_and_again_in_the_middle_of_steps(
    cluster: LocalCluster,
) -> None:
    cluster.run("down")
    for moment in (0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0):
        cluster.interrupt_up_at(moment)
    cluster.up()
    assert cluster.run("down").returncode == 0
    assert cluster.remains() == []


def test_down_removes_what_an_interrupted_up_has_made(cluster: LocalCluster) -> None:
    cluster.run("down", "--purge")
    assert cluster.interrupt_up_after("Start kubelet") == 130
    assert cluster.run("down").returncode == 0
    assert cluster.remains() == []


def test_ports_taken_on_the_machine_do_not_matter(cluster: LocalCluster) -> None:
    cluster.run("down")
    taken = [socket.create_server(("127.0.0.1", port)) for port in (6443, 2379, 10250) if _free(port)]
    try:
        cluster.up()
    finally:
        for listener in taken:
            listener.close()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_nothing_leaves_the_machine_unasked(cluster: LocalCluster) -> None:
    cluster.up()
    assert cluster.in_node("ip", "route", "get", "198.51.100.1").returncode != 0
    assert "drop" in cluster.in_node("nft", "list", "chain", "ip", "otakube", "out").stdout


def test_egress_opens_the_way_out_and_down_closes_it(neighbour: LocalCluster) -> None:
    forwarding = Path("/proc/sys/net/ipv4/ip_forward")
    before = forwarding.read_text()
    neighbour.up(OTAKUBE_CLUSTER_EGRESS="true")
    assert "via 10.224." in neighbour.in_node("ip", "route", "get", "198.51.100.1").stdout
    assert forwarding.read_text() == "1\n"
    assert neighbour.run("down", "--purge").returncode == 0
    assert neighbour.remains() == []
    assert forwarding.read_text() == before


def test_an_address_range_in_use_is_refused_before_anything_changes(neighbour: LocalCluster) -> None:
    subprocess.run(["ip", "link", "add", "taken0", "type", "bridge"], check=True)
    try:
        subprocess.run(["ip", "address", "add", "10.251.3.1/24", "dev", "taken0"], check=True)
        subprocess.run(["ip", "link", "set", "taken0", "up"], check=True)
        done = neighbour.run("up", OTAKUBE_CLUSTER_POD_CIDR="10.251.0.0/16")
    finally:
        subprocess.run(["ip", "link", "delete", "taken0"], check=True)
    assert done.returncode == 1
    assert "10.251.0.0/16 is taken: the machine has a route to 10.251.3.0/24 by taken0" in done.stderr
    assert not (neighbour.data / "clusters" / neighbour.name).exists()


def test_whoever_is_not_root_is_told_so(neighbour: LocalCluster) -> None:
    # In a user namespace of its own the process owns the same files and is root of nothing.
    for command in ("up", "down"):
        done = neighbour.run(command, prefix=["unshare", "--user"])
        assert done.returncode == 1
        assert done.stderr.strip().endswith("run the command with sudo.")
    assert not (neighbour.data / "clusters" / neighbour.name).exists()
