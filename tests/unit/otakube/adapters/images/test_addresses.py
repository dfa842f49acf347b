# SPDX-License-Identifier: Apache-2.0
"""Addresses that the image downloader may connect to, and those it may not."""

import ipaddress

import pytest

from otakube.adapters.images.addresses import Allowed, Target, fit, is_public, resolve, target
from otakube.ports.images import ImageRefused

ALLOWED = Allowed(hosts=["cdn.example"], private=["upstream.test", "127.0.0.1", "localhost"])
CDN = Target("https", "cdn.example", 443, "/a.png", False)


def test_an_allowed_host_by_https_is_taken_apart() -> None:
    assert target("https://cdn.example/a.png?x=1", ALLOWED) == CDN._replace(path="/a.png?x=1")
    assert target("https://CDN.example:443/a.png", ALLOWED) == CDN


def test_a_private_host_may_speak_plain_http_on_any_port() -> None:
    assert target("http://upstream.test:8080/a.png", ALLOWED) == Target(
        "http", "upstream.test", 8080, "/a.png", True
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://cdn.example/a.png", "only https"),
        ("https://cdn.example:8443/a.png", "only https"),
        ("ftp://cdn.example/a.png", "only https"),
        ("file:///etc/passwd", "not a plain host"),
        ("javascript:alert(1)", "not a plain host"),
        ("https://evil.example/a.png", "image_hosts"),
        ("https://cdn.example.evil.example/a.png", "image_hosts"),
        ("https://cdn.example./a.png", "not a plain host"),
        ("https://cdn.example@evil.example/a.png", "user name"),
        ("https://user:pass@cdn.example/a.png", "user name"),
        ("https://evil.example\\@cdn.example/a.png", "characters"),
        ("https://cdn.example\t/a.png", "characters"),
        ("https://cdn.example/a\r\nX-Injected: 1", "characters"),
        ("https://ｃdn.example/a.png", "characters"),
        ("https://xn--cdn-example/a.png", "image_hosts"),
        ("https://169.254.169.254/latest/meta-data/", "image_hosts"),
        ("https://2130706433/a.png", "image_hosts"),
        ("https://0x7f000001/a.png", "image_hosts"),
        ("https://0177.0.0.1/a.png", "image_hosts"),
        ("https://127.1/a.png", "image_hosts"),
        ("https://[::1]/a.png", "not a plain host"),
        ("https://[::ffff:127.0.0.1]/a.png", "not a plain host"),
        ("https://cdn.example:99999/a.png", "malformed"),
        ("https://[cdn.example/a.png", "malformed"),
        ("https:///a.png", "not a plain host"),
        ("", "not a plain host"),
    ],
)
def test_any_other_url_is_refused_for_good(url: str, said: str) -> None:
    with pytest.raises(ImageRefused, match=said) as caught:
        target(url, ALLOWED)
    assert caught.value.lasting


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2001::1", "::7f00:1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_not_fit(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_fit(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_one_private_answer_among_public_ones_spoils_the_host() -> None:
    answers = [ipaddress.ip_address("1.1.1.1"), ipaddress.ip_address("10.0.0.1")]
    with pytest.raises(ImageRefused, match=r"resolves to 10\.0\.0\.1"):
        fit(answers, CDN)
    assert str(fit(answers, CDN._replace(private=True))) == "1.1.1.1"


async def test_a_name_of_this_machine_is_refused_unless_it_is_private() -> None:
    localhost = Target("https", "localhost", 443, "/", False)
    with pytest.raises(ImageRefused, match="not a public address"):
        await resolve(localhost)
    assert await resolve(localhost._replace(private=True)) in ("127.0.0.1", "::1")
