# SPDX-License-Identifier: Apache-2.0
"""IANA's special-purpose registries, block by block: their addresses are refused, neighbours are not."""

import ipaddress

import pytest

from otakube.adapters.images.addresses import is_public

# https://www.iana.org/assignments/iana-ipv4-special-registry: the outermost blocks, and multicast.
V4 = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]

# Blocks within those above, each with an entry of its own in the registry.
V4_INNER = [
    "0.0.0.0/32",
    "192.0.0.0/29",
    "192.0.0.8/32",
    "192.0.0.9/32",
    "192.0.0.10/32",
    "192.0.0.170/32",
    "192.0.0.171/32",
    "192.88.99.2/32",
    "255.255.255.255/32",
]

# iana-ipv6-special-registry, multicast, what was site-local, and v4 addresses in disguise.
V6 = [
    "::1/128",
    "::/128",
    "::/96",
    "::ffff:0:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001::/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:2::/48",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:10::/28",
    "2001:20::/28",
    "2001:30::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]

GLOBAL = [
    "0:0:0:0:0:ffff:101:101",
    "2000::1",
    "2001:200::1",
    "2001:1fff::1",
    "2003::1",
    "2606:4700::1111",
    "2620:4f:7fff::1",
    "2620:4f:8001::1",
    "3ffe:ffff::1",
    "1.0.0.1",
    "8.8.8.8",
    "93.184.215.14",
    "192.0.1.1",
    "192.88.98.1",
    "223.255.255.255",
]


@pytest.mark.parametrize("block", [*V4, *V4_INNER, *V6])
def test_no_address_of_a_special_block_is_public(block: str) -> None:
    network = ipaddress.ip_network(block)
    assert not is_public(network[0])
    assert not is_public(network[-1])


@pytest.mark.parametrize("block", [*V4, *V4_INNER])
def test_no_special_v4_address_is_public_in_the_v6_spelling(block: str) -> None:
    network = ipaddress.ip_network(block)
    for embedding in ("::ffff:{}", "::{}", "::ffff:0:{}", "64:ff9b::{}", "64:ff9b:1::{}"):
        assert not is_public(ipaddress.ip_address(embedding.format(network[0])))
        assert not is_public(ipaddress.ip_address(embedding.format(network[-1])))
    hidden = f"{int(network[0]) >> 16:x}:{int(network[0]) & 0xFFFF:x}"
    assert not is_public(ipaddress.ip_address(f"2002:{hidden}::"))
    assert not is_public(ipaddress.ip_address(f"2001:0:{hidden}::"))


@pytest.mark.parametrize("block", V4)
def test_the_neighbours_of_a_special_v4_block_are_public_unless_special_themselves(block: str) -> None:
    network = ipaddress.IPv4Network(block)
    others = [ipaddress.IPv4Network(one) for one in V4]
    for number in (int(network[0]) - 1, int(network[-1]) + 1):
        if 0 <= number < 2**32:
            neighbour = ipaddress.IPv4Address(number)
            assert is_public(neighbour) is not any(neighbour in one for one in others)


@pytest.mark.parametrize("address", GLOBAL)
def test_an_address_beside_the_special_blocks_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["4000::1", "6000::1", "8000::1", "a000::1", "c000::1", "e000::1", "1::1"]
)
def test_space_that_iana_has_not_given_out_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
