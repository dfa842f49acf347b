# SPDX-License-Identifier: Apache-2.0
"""Settings from the environment."""

import pytest

from otakube_operator.main import main
from otakube_operator.settings import SettingsError, read_settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTAKUBE_OPERATOR_NAMESPACES", "a, b")
    monkeypatch.setenv("OTAKUBE_OPERATOR_GPU", "true")
    settings = read_settings()
    assert (settings.namespaces, settings.gpu, settings.log_level) == (("a", "b"), True, "INFO")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("WORKER", "3", "is not a setting"),
        ("GPU", "maybe", "boolean"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, words: str
) -> None:
    monkeypatch.setenv(f"OTAKUBE_OPERATOR_{name}", text)
    with pytest.raises(SettingsError, match=f"OTAKUBE_OPERATOR_{name}.*{words}"):
        read_settings()


def test_a_wrong_setting_ends_the_process_as_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTAKUBE_OPERATOR_GPU", "maybe")
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 78
    assert capsys.readouterr().err.startswith("otakube-operator: OTAKUBE_OPERATOR_GPU='maybe'")
