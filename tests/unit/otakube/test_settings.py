# SPDX-License-Identifier: Apache-2.0
"""Settings that make no sense are refused by name."""

import pytest

from otakube.bootstrap.wiring import Wiring
from otakube.errors import Fatal
from otakube.settings import Settings, load


def test_a_misspelt_provider_is_told_instead_of_being_off() -> None:
    with pytest.raises(ValueError, match=r"(?s)providers\.jikn\s+Extra inputs are not permitted"):
        Settings.model_validate({"providers": {"jikn": {"enabled": False}}})


async def test_a_redis_address_of_no_form_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTAKUBE_REDIS_URL", "http://:hidden@cache:6379/0")
    async with Wiring("file:nowhere") as wiring:
        with pytest.raises(Fatal, match=r"redis_url: .*redis://") as told:
            await wiring.rate_limiters()
    assert "hidden" not in str(told.value)


def test_a_misspelt_setting_of_a_provider_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTAKUBE_PROVIDERS__JIKAN__URLL", "http://127.0.0.1:1")
    with pytest.raises(ValueError, match="correct or unset OTAKUBE_PROVIDERS__JIKAN__URLL"):
        load()
