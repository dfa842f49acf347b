# SPDX-License-Identifier: Apache-2.0
"""Secrets of this process, taken out of every text that leaves it.

The second line: settings refuse what cannot be kept apart from an address, and types hide the rest. What a
library says of its own accord passes through here before it becomes a failure or a line of the log.
"""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

HIDDEN = "***"
SHORTEST = 8
"""Secrets below it are found only by their place in an address: elsewhere they would be found in words."""

SECRET_OPTION = re.compile(r"pass|token|secret|key|credential|mechanismproperties", re.IGNORECASE)
"""Names of an address's options whose values are secrets."""

_USERINFO = re.compile(r"(?<=://)[^\s/?#\"'<>]+@")
_OPTION = re.compile(r"(?<=[?&;])([^\s=?&;#\"'<>]+)=[^\s&;#\"'<>]+")
_forms: set[str] = set()
_pattern: re.Pattern[str] | None = None


def hide(secrets: Iterable[str]) -> None:
    """Take these out of every text from here on, also as libraries and formats write them."""
    global _pattern
    _forms.update(form for secret in secrets for form in _written(secret) if len(form) >= SHORTEST)
    longest_first = sorted(_forms, key=len, reverse=True)
    _pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def masked(text: str) -> str:
    """The text without secrets, and without user, password and secret options of any URL in it."""
    if _pattern is not None:
        text = _pattern.sub(HIDDEN, text)
    return _OPTION.sub(_without_secret, _USERINFO.sub(HIDDEN + "@", text)) if "://" in text else text


def _without_secret(option: re.Match[str]) -> str:
    name = option[1]
    return f"{name}={HIDDEN}" if SECRET_OPTION.search(name) else option[0]


def _written(secret: str) -> Iterator[str]:
    """A secret as it stands in a URL, in JSON, in XML and in Python's own words."""
    for plain in {secret, unquote(secret)}:
        yield from (plain, _in_xml(plain), quote(plain, safe=""), quote_plus(plain))
        yield from (json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1])
        yield from (repr(plain)[1:-1], repr(plain.encode("utf-8", "replace"))[2:-1])


def _in_xml(plain: str) -> str:
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
