# SPDX-License-Identifier: Apache-2.0
"""URLs that must lead nowhere: spellings of private places, and what parsers of URLs disagree about."""

import random

PLACES = [
    "127.0.0.1", "localhost", "0.0.0.0", "0", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
    "0177.0.0.1", "017700000001", "127.000.000.001", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "100.64.0.1", "198.18.0.1", "192.0.0.192", "224.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]",
    "[fe80::1%lo]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[3fff::1]", "[5f00::1]", "[100::1]", "[::1",
    "::1]", "[foo]", "[]", "[v1.x]", "[::1]x", "[1:2:3:4:5:6:7:8:9]", "metadata.google.internal",
    "kubernetes.default.svc", "otakube-mongodb.otakube.svc.cluster.local", "localhost.localdomain",
    "xn--", "xn--a", "xn--n3h.test", "upstream.test.evil.test", "evil.test.upstream.test",
    "upstream.test.", "upstream.test..", ".upstream.test", "upstream..test", "-upstream.test",
    "upstream_test", "UPSTREAM.TEST", "pstream.test", "", ".", "..", "%31%32%37.0.0.1",
    "127.0.0.1%00.upstream.test", "127。0。0。1", "①②⑦.⓪.⓪.①", "ｌｏｃａｌｈｏｓｔ",
    "upstream.test／evil.test", "upstream.test＠evil.test", "upstream.test⁄evil.test", "ﬁle.test",
    "℀.test", "ſtream.test", "㍿.test", "a" * 64 + ".test", "a" * 300, "a." * 200 + "test", "a" * 65_536,
    "\u202etset.maertspu", "\udcff.test", "cdn.example", "1.1.1.1", "example.test",
]  # fmt: skip
"""`upstream.test` is the one allowed host that is there; `cdn.example` resolves to a private address."""

SCHEMES = [
    "https://", "http://", "HTTPS://", "hTTp://", "//", "///", "/\\", "\\\\", "https:/", "https:",
    "https:///", "ftp://", "file://", "gopher://", "dict://", "ldap://", "javascript://",
    "data:image/png;base64,", "jar:https://", "ws://", "https://https://", "https:\\\\", " https://",
    "\thttps://", "https\t://", "h\nttps://", "view-source:https://", "",
]  # fmt: skip
USERS = [
    "", "", "", "", "user@", "user:password@", "upstream.test@", "upstream.test:80@", "upstream.test\\@",
    "upstream.test%40", "upstream.test#@", "upstream.test?@", "upstream.test/@", "@", ":@", "a@b@",
]  # fmt: skip
PORTS = [
    "", "", "", ":443", ":80", ":22", ":0", ":-1", ":65536", ":99999999999", ":", ":4 3", ":٤٤٣",
    ":443:443", ":0x1bb", ":８０",
]  # fmt: skip
TAILS = [
    "/", "", "/a.png", "/..%2f..%2fetc/passwd", "/%00", "/?x=1#@127.0.0.1/", "/\\..\\", "/a\tb", "/ü.png",
    "/" + "a" * 70_000, "?url=http://127.0.0.1/", "#", ";x", "/%zz", "/%", "/\u2028", "//127.0.0.1/",
    "/../../", "/\x7f", "/\x00",
]  # fmt: skip


def hostile_url(draw: random.Random) -> str:
    """One URL, mostly well formed up to one trick or two, sometimes with a character out of place."""
    hosts = ["cdn.example", "upstream.test"] * 10 + PLACES
    parts = (SCHEMES[:2] * 8 + SCHEMES, [""] * 12 + USERS, hosts, [""] * 12 + PORTS, TAILS)
    url = "".join(map(draw.choice, parts))
    if draw.random() < 0.15:
        at = draw.randrange(len(url) + 1)
        url = url[:at] + draw.choice("@:/\\?#[]%\t\r\n\x00 \u00ad\u200b。．﹖") + url[at:]
    return url
