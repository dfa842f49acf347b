# SPDX-License-Identifier: Apache-2.0
"""Secrets of a process in texts that leave it: none is left, in whatever spelling a library writes it."""

import json
import string
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from growth import LINEAR, growth
from otakube import logs, masking
from otakube.commands.exits import pod_exits
from otakube.errors import Fatal, SourceError
from otakube.masking import hide, masked
from otakube_api.contract import FailureReason, SourceReason

PASSWORDS = st.text(alphabet=string.punctuation + "aZ9 é℀", min_size=masking.SHORTEST, max_size=40)


@pytest.fixture(autouse=True)
def _no_secret_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_forms", set())
    monkeypatch.setattr(masking, "_pattern", None)


def hide_only(secret: str) -> None:
    masking._forms.clear()
    hide([secret])


def spellings(secret: str) -> Iterator[str]:
    """A secret as URLs, XML, Python and JSON have it."""
    yield from (secret, quote(secret, safe=""), quote_plus(secret), escape(secret))
    yield from (repr(secret)[1:-1], repr(secret.encode())[2:-1])
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])


@given(secret=PASSWORDS)
def test_a_secret_is_found_in_every_spelling(secret: str) -> None:
    hide_only(secret)
    for spelled in spellings(secret):
        assert masked(f"before {spelled} after") == "before *** after"


@given(secret=PASSWORDS)
def test_an_error_and_a_line_of_the_log_never_carry_it(secret: str) -> None:
    hide_only(secret)
    words = f"the server said {secret!r}"
    assert secret not in str(Fatal(FailureReason.SETTINGS_INVALID, words))
    assert secret not in str(SourceError(SourceReason.UNAVAILABLE, f"the server said {secret}"))
    out = StringIO()
    logs.start(to=out, step="fetch")
    try:
        raise ValueError(f"bad header {secret}")
    except ValueError:
        logs.logger().exception("it broke", detail=words)
    line = json.loads(out.getvalue())
    assert secret not in "".join(map(str, line.values()))


def test_an_error_that_nobody_expects_reaches_the_kubelet_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(["hunter2/hunter2"])
    logs.start(step="fetch")
    with pytest.raises(typer.Exit), pod_exits(tmp_path / "termination"):
        raise RuntimeError("no route to hunter2/hunter2")
    written = (tmp_path / "termination").read_text() + "".join(capsys.readouterr())
    assert "hunter2" not in written
    assert "no route to ***" in written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET http://user:pass@host:9/b/k failed", "GET http://***@host:9/b/k failed"),
        ("see https://kitsu.io/@user", "see https://kitsu.io/@user"),
        ("mail a@b.example", "mail a@b.example"),
        ("redis://:p@a@host/0", "redis://***@host/0"),
        (
            "mongodb://db/?tls=true&tlsCertificateKeyFilePassword=abc",
            "mongodb://db/?tls=true&tlsCertificateKeyFilePassword=***",
        ),
        (
            "GET https://api.example/v4?q=x&apiKey=k1&page=2 failed",
            "GET https://api.example/v4?q=x&apiKey=***&page=2 failed",
        ),
        ("see https://api.example/?q=password", "see https://api.example/?q=password"),
        ("no address: ?key=1", "no address: ?key=1"),
    ],
)
def test_a_url_loses_its_user_and_password_though_nobody_named_them(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(password=st.text(alphabet=string.printable, min_size=1, max_size=masking.SHORTEST - 1))
@pytest.mark.parametrize(
    "address", ["redis://:{}@cache/0", "mongodb://user:{}@db/?tls=true", "mongodb://db/?a=1&authToken={}"]
)
def test_in_an_address_a_secret_of_any_length_is_found_by_its_place(address: str, password: str) -> None:
    text = f"before {address.format(quote(password, safe=''))} after"
    assert masked(text) == masked(f"before {address.format('another')} after")
    assert "***" in masked(text)


@pytest.mark.parametrize("piece", ["?key", "&", "key", "://a", "a@", "?key=a"])
def test_hostile_text_is_masked_in_linear_time(piece: str) -> None:
    assert growth(lambda size: masked(f"https://?{piece * size}"), 20_000) < LINEAR


def test_a_short_secret_is_not_looked_for_in_ordinary_words() -> None:
    hide(["test", ""])
    assert masked("a test of words") == "a test of words"


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    hide(["password", "password-of-redis"])
    assert masked("got password-of-redis") == "got ***"
