# SPDX-License-Identifier: Apache-2.0
"""Networks where no image may come from: IANA's special-purpose registries, multicast and reserved space.

Written out, since `ipaddress.is_global` knows other tables in each release of Python. Blocks that the
registries call globally reachable (relays, AS112, nearest gateways) are listed too: no image host is there.
https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, as of 2025-10.
"""

from ipaddress import IPv4Network, IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives out as global unicast; what lies beside it is local, a disguise, or nobody's yet."""

SPECIAL_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # shared address space of carriers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link local: the metadata services of clouds
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private use
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

SPECIAL_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: a v4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
"""Those within `GLOBAL_UNICAST`. Beside it lie, among others, 100::/64, 5f00::/16, fc00::/7, fe80::/10,
fec0::/10, ff00::/8, and v4 in disguise: ::/96, ::ffff:0:0/96, ::ffff:0:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48.
"""
