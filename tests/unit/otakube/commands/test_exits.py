# SPDX-License-Identifier: Apache-2.0
"""Exit statuses and last words of commands, by hand and in a pod."""

from pathlib import Path

import pytest
import typer

from otakube.commands.exits import failure_exits, pod_exits
from otakube.errors import Fatal, Retriable
from otakube_api.contract import EXIT, FailureReason

BAD = Fatal(FailureReason.SETTINGS_INVALID, "quorum is no number")
AWAY = Retriable(FailureReason.STORE_UNAVAILABLE, "the bucket does not answer")
BROKEN = ValueError("nobody expects this")


@pytest.mark.parametrize(("error", "status"), [(BAD, EXIT.fatal), (AWAY, EXIT.retriable)])
def test_a_step_error_is_a_sentence_and_a_status(
    error: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as left, failure_exits():
        raise error
    assert left.value.exit_code == status
    assert capsys.readouterr().err.endswith(f": {error}\n")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BAD, EXIT.fatal, "SettingsInvalid: quorum is no number"),
        (AWAY, EXIT.retriable, "StoreUnavailable: the bucket does not answer"),
        (BROKEN, EXIT.retriable, "UnexpectedError: ValueError: nobody expects this"),
    ],
)
def test_in_a_pod_the_kubelet_gets_the_failure_and_the_unexpected_is_tried_again(
    error: Exception, status: int, words: str, tmp_path: Path
) -> None:
    log = tmp_path / "termination"
    with pytest.raises(typer.Exit) as left, pod_exits(log):
        raise error
    assert (left.value.exit_code, log.read_text()) == (status, words)


@pytest.mark.parametrize("error", [BAD, AWAY], ids=["refused", "away"])
def test_a_pod_without_its_secret_says_so_and_is_tried_again(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    (folder / "..2027_01_01").mkdir(parents=True)
    (folder / "..data").symlink_to("..2027_01_01")  # as the kubelet mounts an absent Secret
    monkeypatch.setenv("OTAKUBE_SECRETS_DIR", str(folder))
    with pytest.raises(typer.Exit) as left, pod_exits(tmp_path / "log"):
        raise error
    assert left.value.exit_code == EXIT.retriable
    assert (tmp_path / "log").read_text().startswith("SettingsMissing: the Secret with the stores'")
    assert str(error) in (tmp_path / "log").read_text()


@pytest.mark.parametrize("error", [BAD, Fatal(FailureReason.ANIME_UNKNOWN, "nobody knows it")], ids=str)
def test_a_pod_with_its_secret_or_another_fault_says_what_it_said(
    error: Fatal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    if error is BAD:
        (folder / "otakube_redis_url").write_text("redis://localhost")
    monkeypatch.setenv("OTAKUBE_SECRETS_DIR", str(folder))
    with pytest.raises(typer.Exit) as left, pod_exits(tmp_path / "log"):
        raise error
    assert left.value.exit_code == EXIT.fatal
    assert (tmp_path / "log").read_text().startswith(f"{error.reason}: ")


def test_by_hand_an_error_that_nobody_expects_keeps_its_traceback_and_is_no_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as left, failure_exits():
        raise BROKEN
    said = capsys.readouterr()
    assert left.value.exit_code == EXIT.retriable
    assert "Traceback" in said.out + said.err
    assert said.err.endswith("UnexpectedError: ValueError: nobody expects this\n")


@pytest.mark.parametrize("error", [typer.BadParameter("no number"), typer.Exit(1), typer.Abort()], ids=repr)
def test_wrong_usage_and_answers_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, failure_exits():
        raise error
    assert raised.value is error


def test_a_termination_log_that_cannot_be_written_hides_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), pod_exits(tmp_path / "no folder" / "log"):
        raise BAD
    assert "SettingsInvalid" in capsys.readouterr().err
