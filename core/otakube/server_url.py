# SPDX-License-Identifier: Apache-2.0
"""Addresses of servers in the settings, read once at the edge so that no library meets a malformed one.

A library that cannot read an address quotes the part that it stumbled over, which may be half a password.
The sentences here quote nothing.
"""

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

from otakube.masking import SECRET_OPTION

ADDRESS = r"^(https?://[^\s@?#]+)?$"
"""Addresses in the chart's values; empty is the default."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ENCODE = "percent-encode / ? # [ ] @ in its user, password and options (/ is %2F, ? is %3F, # is %23)"


def http_url(text: str) -> str:
    """An http or https address without credentials, query and fragment; empty is allowed."""
    if not text:
        return text
    userinfo, rest = _taken_apart(text, ("http", "https"))
    if userinfo is not None:
        raise ValueError("has a user or password: an address is shown and stored, so it can carry neither")
    _check_host(rest)
    if "?" in rest or "#" in rest:
        raise ValueError("has a query or fragment: an address ends with its path, and keys have own settings")
    return text


def redis_url(secret: SecretStr) -> SecretStr:
    """A Redis address, which may carry credentials; empty is allowed."""
    if text := secret.get_secret_value():
        userinfo, rest = _taken_apart(text, ("redis", "rediss", "unix"))
        _check_userinfo(userinfo, "/?#[]")
        if not text.startswith("unix:"):
            _check_host(rest)
    return secret


def mongodb_uri(secret: SecretStr) -> SecretStr:
    """A MongoDB connection string; its hosts are the driver's to read, which knows lists and SRV records."""
    userinfo, _ = _taken_apart(secret.get_secret_value(), ("mongodb", "mongodb+srv"))
    _check_userinfo(userinfo, "/?")
    return secret


def public_url(text: str) -> str:
    """An address that readers are given: https, or of this machine alone; without a slash at its end."""
    text = http_url(text).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme.lower() == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is http: readers are sent there, so it is https (http is for 127.0.0.1 alone)")
    return text


_LOOPBACK = ("localhost", "127.0.0.1", "::1")

HttpUrl = Annotated[str, AfterValidator(http_url)]
PublicUrl = Annotated[str, AfterValidator(public_url)]
RedisUrl = Annotated[SecretStr, AfterValidator(redis_url)]
MongodbUri = Annotated[SecretStr, AfterValidator(mongodb_uri)]


def format_hosts(uri: SecretStr) -> str:
    """Scheme and hosts of a connection string, which carry no secret."""
    text = uri.get_secret_value()
    scheme, _, rest = text.partition("://")
    return f"{scheme}://{re.split('[/?]', rest.rpartition('@')[2])[0]}"


def secrets_in(text: str) -> Iterator[str]:
    """The password of an address, and its options that are secrets."""
    _, _, rest = text.partition("://")
    userinfo, found, rest = rest.rpartition("@")
    if found:
        yield userinfo.partition(":")[2]
    for name, value in parse_qsl(rest.partition("?")[2]):
        if SECRET_OPTION.search(name):
            yield value


def _taken_apart(text: str, schemes: tuple[str, ...]) -> tuple[str | None, str]:
    """User and password (None without), and what follows; the last @ is where they end."""
    scheme, found, rest = text.partition("://")
    if not found or scheme.lower() not in schemes:
        raise ValueError(f"begins with none of {', '.join(f'{name}://' for name in schemes)}")
    if _CONTROL.search(text):
        raise ValueError("has control characters, such as a line break")
    userinfo, found, host = rest.rpartition("@")
    return (userinfo, host) if found else (None, rest)


def _check_userinfo(userinfo: str | None, reserved: str) -> None:
    if userinfo and any(character in reserved for character in userinfo):
        raise ValueError(f"cannot be taken apart: {_ENCODE}")


def _check_host(rest: str) -> None:
    """Host and port, as every client will read them."""
    try:
        parts = urlsplit(f"scheme://{rest}")
        host, _ = unquote(parts.hostname or ""), parts.port
    except ValueError:
        raise ValueError("has no readable host and port") from None
    if not host:
        raise ValueError("names no host")
