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


def test_by_hand_an_error_that_nobody_expects_keeps_its_traceback() -> None:
    with pytest.raises(ValueError, match="nobody expects"), failure_exits():
        raise BROKEN


def test_a_termination_log_that_cannot_be_written_hides_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit), pod_exits(tmp_path / "no folder" / "log"):
        raise BAD
    assert "SettingsInvalid" in capsys.readouterr().err
