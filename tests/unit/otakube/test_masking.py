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
    ],
)
def test_a_url_loses_its_user_and_password_though_nobody_named_them(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_short_secret_is_not_looked_for_in_ordinary_words() -> None:
    hide(["test", ""])
    assert masked("a test of words") == "a test of words"


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    hide(["password", "password-of-redis"])
    assert masked("got password-of-redis") == "got ***"
