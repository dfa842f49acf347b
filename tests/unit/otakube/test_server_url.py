# SPDX-License-Identifier: Apache-2.0
"""Addresses in the settings: what is malformed is refused in words that quote nothing of it."""

import string
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.uri_parser import parse_uri
from redis.asyncio import Redis
from typer.testing import CliRunner

from otakube import masking
from otakube.adapters.http.client import new_client
from otakube.bootstrap.wiring import Wiring
from otakube.commands.step import app
from otakube.errors import Fatal
from otakube.masking import masked
from otakube.server_url import secrets_in
from otakube.settings import load
from otakube_api.contract import EXIT

FIRST, LAST = "Zq7k", "x9Kw"
"""Both ends of every password: a piece of one that shows is found."""

PASSWORDS = st.text(alphabet=string.punctuation + " é℀\\\t", max_size=8).map(lambda text: FIRST + text + LAST)
SECRET_URLS = ("OTAKUBE_REDIS_URL", "OTAKUBE_MONGODB_URI")
PLAIN_URLS = (
    "OTAKUBE_QDRANT_URL",
    "OTAKUBE_S3_ENDPOINT",
    "OTAKUBE_SUGGESTION_URL",
    "OTAKUBE_PROVIDERS__JIKAN__URL",
    "OTAKUBE_PROVIDERS__ANIDB__TITLES_URL",
)
SCHEMES = {"OTAKUBE_REDIS_URL": "redis", "OTAKUBE_MONGODB_URI": "mongodb"}


def written(name: str, value: str, folder: Path) -> tuple[int, str]:
    """Exit status of a step with this setting, and everything that it wrote anywhere."""
    log = folder / "termination"
    log.unlink(missing_ok=True)
    log.touch()
    objects = "s3:" if name == "OTAKUBE_MONGODB_URI" else f"file:{folder / 'stores'}"
    arguments = ["fetch", "--title", "Mushishi", "--objects", objects, "--termination-log", str(log)]
    done = CliRunner(env={name: value}).invoke(app, arguments)
    files = [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    return done.exit_code, done.output + str(done.exception or "") + "".join(files)


def refusal(name: str, url: str) -> str:
    """What is said about a setting; empty if it is taken."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, url)
        try:
            load()
        except ValueError as error:
            return f"{error}{error.__cause__ or ''}"
    return ""


@given(password=PASSWORDS, name=st.sampled_from((*SECRET_URLS, *PLAIN_URLS)))
def test_no_piece_of_a_password_shows_when_the_settings_are_read(password: str, name: str) -> None:
    words = refusal(name, f"{SCHEMES.get(name, 'http')}://user:{password}@127.0.0.1:1/0")
    assert FIRST not in words
    assert LAST not in words
    setting = name.removeprefix("OTAKUBE_").lower().replace("__", ".")
    assert words.startswith(f"{setting}: ") or (not words and name in SECRET_URLS)


@pytest.mark.parametrize("name", [*SECRET_URLS, *PLAIN_URLS])
@pytest.mark.parametrize("mark", ["/", "#", "?", "[", "]", "\\", "℀", "%zz", "&", "=", ":", "@", "\t"])
def test_no_piece_of_a_password_shows_anywhere_that_a_step_writes(
    name: str, mark: str, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    url = f"{SCHEMES.get(name, 'http')}://user:{FIRST}{mark}{LAST}@127.0.0.1:99999/0"
    status, text = written(name, url, tmp_path)
    assert status == EXIT.fatal
    assert text.count("SettingsInvalid") >= 2  # standard error and the kubelet's file
    for piece in (FIRST, LAST, FIRST.lower(), LAST.lower()):
        assert piece not in text
        assert piece not in "".join(str(one.message) for one in recwarn)


@pytest.mark.parametrize("name", SECRET_URLS)
@pytest.mark.parametrize("mark", ["/", "?", "@x/"])
def test_a_password_that_tears_its_address_apart_is_refused_with_the_cure(name: str, mark: str) -> None:
    words = refusal(name, f"{SCHEMES[name]}://user:a{mark}b@host/0")
    assert "percent-encode / ? # [ ] @" in words
    assert "/ is %2F, ? is %3F, # is %23" in words


def test_what_the_settings_hold_is_hidden_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, "_forms", set())
    held = {
        "OTAKUBE_REDIS_URL": "redis://:of-redis-1@cache/0",
        "OTAKUBE_MONGODB_URI": "mongodb://user:of-mongodb-1@db/?tlsCertificateKeyFilePassword=of-key-file",
        "OTAKUBE_QDRANT_API_KEY": "of-qdrant-1",
        "OTAKUBE_PROVIDERS__ANIMESCHEDULE__TOKEN": "of-animeschedule",
        "HTTPS_PROXY": "http://user:of-the-proxy@proxy:3128",
    }
    for name, value in held.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "otakube_s3_secret_access_key").write_text("of-the-bucket\n")
    monkeypatch.setenv("OTAKUBE_SECRETS_DIR", str(tmp_path))
    load()
    for secret in (
        "of-redis-1",
        "of-mongodb-1",
        "of-key-file",
        "of-qdrant-1",
        "of-animeschedule",
        "of-the-proxy",
        "of-the-bucket",
    ):
        assert masked(f"it said {secret}") == "it said ***"


@given(password=st.text(alphabet=string.punctuation + "aé ", min_size=1, max_size=12))
def test_an_encoded_password_reaches_the_client_as_it_was(password: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        encoded = quote(password, safe="")
        patch.setenv("OTAKUBE_REDIS_URL", f"redis://:{encoded}@cache:6379/0")
        patch.setenv("OTAKUBE_MONGODB_URI", f"mongodb://user:{encoded}@db/")
        patch.setattr(masking, "_forms", set())
        loaded = load()
    redis = Redis.from_url(loaded.redis_url.get_secret_value())
    assert redis.connection_pool.connection_kwargs["password"] == password
    parsed = parse_uri(loaded.mongodb_uri.get_secret_value())
    assert parsed["password"] == password


@pytest.mark.parametrize(
    "text",
    [
        "",
        "redis://cache",
        "rediss://:pw@[::1]:6380/2?max_connections=5",
        "redis://user:p@ss:w%2Fd@cache/0",
        "unix:///run/redis.sock?db=1",
        "unix://:secret@/run/redis.sock",
    ],
)
def test_a_redis_address_of_any_good_form_is_taken(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTAKUBE_REDIS_URL", text)
    assert load().redis_url.get_secret_value() == text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("host:6333", "begins with none of http://, https://"),
        ("ftp://host", "begins with none of http://, https://"),
        ("http://", "names no host"),
        ("http://host:port", "has no readable host and port"),
        ("http://[::1", "has no readable host and port"),
        ("http://host/?api_key=hidden-key", "has a query or fragment"),
        ("http://host/#hidden-key", "has a query or fragment"),
        ("http://user@host", "has a user or password"),
    ],
)
def test_a_wrong_address_is_refused_by_its_fault(
    url: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTAKUBE_QDRANT_URL", url)
    with pytest.raises(ValueError, match=r"^qdrant_url: ") as refused:
        load()
    assert words in str(refused.value)
    assert "hidden-key" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("redis://:pw@host/0", ["pw"]),
        ("redis://host/0", []),
        ("mongodb://u:a@b@h/?tlsCertificateKeyFilePassword=pw&appName=x", ["a@b", "pw"]),
        ("unix:///s?password=pw", ["pw"]),
    ],
)
def test_the_secrets_of_an_address_are_its_password_and_secret_options(text: str, found: list[str]) -> None:
    assert list(secrets_in(text)) == found


@settings(max_examples=15)
@given(password=st.text(alphabet=string.punctuation + "aZ9é", min_size=8, max_size=20))
def test_no_password_shows_in_what_a_step_writes_when_its_store_is_away(password: str) -> None:
    with TemporaryDirectory() as folder:
        url = f"unix://:{quote(password, safe='')}@/nowhere/redis.sock"
        status, text = written("OTAKUBE_REDIS_URL", url, Path(folder))
    assert status == EXIT.retriable
    assert "Redis is away" in text
    assert password not in text
    assert quote(password, safe="") not in text


@pytest.mark.parametrize("option", ["max_connections=hidden", "hidden=1"])
async def test_a_wrong_option_of_redis_is_refused_without_its_words(
    option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTAKUBE_REDIS_URL", f"redis://cache/0?{option}")
    async with Wiring("file:nowhere") as wiring:
        with pytest.raises(Fatal, match=r"^redis_url has an option") as refused:
            await wiring.rate_limiters()
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_whose_password_is_not_encoded_is_refused_without_it(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"http://user:{FIRST}/{LAST}@proxy:3128")
    with pytest.raises(Fatal, match="percent-encode its user and password") as refused:
        new_client()
    assert FIRST not in str(refused.value)
