# SPDX-License-Identifier: Apache-2.0
"""HTTP with things wrong around the body: status, headers, encodings, lengths, and no answer at all."""

import gzip
from functools import cache
from random import Random

_DATES = [
    b"Fri, 01 Jan 99999999999 00:00:00 GMT", b"Fri, 01 Jan 2027 00:00:00 +999999999999999",
    b"Thu, 1 Jan 1 0:0:0 +2359", b"0", b"-1", b"9" * 5_000, b"soon", b"", b"\xff\xfe", b"1 1 1 1 1",
    b"Fri, 32 Foo 2026 99:99:99 GMT", b"1;1,1",
]  # fmt: skip
_DATED = ["Retry-After", "Expires", "Date", "Last-Modified", "Age", "X-RateLimit-Reset"]
_SAID = {
    "ETag": [b'"\xff"', b"W/" * 5_000, b'""', b"\xc3\xa9", b"x" * 30_000],
    "Cache-Control": [
        b"max-age=" + b"9" * 5_000,
        b"no-store",
        b"max-age=60",
        b"," * 5_000,
        b"s-maxage=x",
    ],
    "Vary": [b"*"],
    "Warning": [b"110 " + b"x" * 5_000],
    "X-Cache-Status": [b"STALE"],
    "X-RateLimit-Limit": [b"0", b"-5", b"9" * 5_000, b"1"],
    "X-RateLimit-Remaining": [b"0", b"9" * 12, b"x"],
    "Set-Cookie": [
        b"a=b; Expires=Fri, 01 Jan 99999; Domain=.",
        b"=" * 5_000,
        b"\xff=\xff; Path=//",
    ],
    "Location": [b"//..xn--_", b"https://[::1", b"http://169.254.169.254/", b":ftp:file:\\", b"x" * 60_000],
    "Content-Encoding": [b"br", b"gzip, gzip", b"GZIP", b"\xff", b"deflate"],
    "Transfer-Encoding": [b"chunked", b"gzip", b"x"],
    "Content-Length": [b"1", b"-1", b"9" * 4_400, b"1, 2", b"x"],
    "Connection": [b"keep-alive", b"upgrade"],
    "X-Long": [b"x" * 200_000],
}
_KINDS = [
    b"text/html; charset=utf-7", b"application/json; charset=\xff", b"", b"a/b", b"application/x-gzip",
    b"text/xml; charset*=x''%zz", b"application/json; charset=" + b"x" * 5_000,
    b"application/problem+json",
]  # fmt: skip
_STATUSES = [100, 101, 103, 204, 206, 301, 302, 304, 400, 401, 403, 404, 408, 418, 429, 500, 503, 599, 999]


def wrapped(draw: Random, body: bytes, kind: str) -> bytes:
    """The body in an answer that is wrong in one or two ways, or in none."""
    headers: list[tuple[str, bytes]] = []
    status, media = 200, kind.encode()
    for _ in range(draw.choice([0, 0, 1, 2])):
        match draw.randrange(6):
            case 0:
                status = draw.choice(_STATUSES)
            case 1:
                media = draw.choice(_KINDS)
            case 2:
                headers.append((draw.choice(_DATED), draw.choice(_DATES)))
            case 3:
                name = draw.choice(list(_SAID))
                headers.append((name, draw.choice(_SAID[name])))
            case 4:
                headers += [(f"X-{number}", b"x") for number in range(draw.choice([50, 5_000]))]
            case _:
                body, encoding = zipped(draw, body)
                headers.append(("Content-Encoding", encoding))
    return _sent(draw, status, media, headers, body)


def zipped(draw: Random, body: bytes) -> tuple[bytes, bytes]:
    """The body as gzip of many forms, and its Content-Encoding."""
    once = gzip.compress(body, 1, mtime=0)
    form = draw.randrange(7)
    forms = [
        lambda: once,
        lambda: once[: draw.randrange(len(once) + 1)],
        lambda: gzip.compress(once, 1, mtime=0),
        lambda: once + gzip.compress(b"", mtime=0) * draw.choice([1, 50_000]),
        lambda: once + b"\x00" * 100,
        lambda: _bomb(draw.choice([10**6, 10**8])),
        lambda: draw.randbytes(50),
    ]
    return forms[form](), draw.choice([b"gzip", b"gzip", b"identity"])


@cache
def _bomb(size: int) -> bytes:
    return gzip.compress(b" " * size, mtime=0)


def _sent(draw: Random, status: int, media: bytes, headers: list[tuple[str, bytes]], body: bytes) -> bytes:
    names = {name for name, _ in headers}
    lines = [b"HTTP/1.1 %d Said" % status, b"Content-Type: " + media]
    if not names & {"Content-Length", "Transfer-Encoding"}:
        lines.append(b"Content-Length: %d" % len(body))
    lines += [name.encode() + b": " + value for name, value in headers]
    sent = b"\r\n".join(lines) + b"\r\n\r\n" + body
    odd = draw.randrange(40)
    if odd == 0:
        return sent[: draw.randrange(len(sent) + 1)]
    if odd == 1:
        return draw.choice(
            [b"", b"\x00" * 100, b"HTTP/9.9 x\r\n\r\n", draw.randbytes(200), b"HTTP/1.1 200\r\n"]
        )
    return sent
