# SPDX-License-Identifier: Apache-2.0
"""The way from an error to a sentence and an exit status, for every command."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import typer

from otakube import logs
from otakube.errors import Fatal, Retriable, StepError
from otakube.masking import masked
from otakube_api import contract
from otakube_api.contract import Failure, FailureReason, Output

Outputs = Mapping[Output, str]


@contextlib.contextmanager
def failure_exits() -> Iterator[None]:
    """End the command where an error reaches it: 65 if the same call would fail again, else 75.

    An error that nobody expects keeps its traceback, but not Python's status for it: 1 is an answer of some
    commands, after which nothing is tried again.
    """
    try:
        yield
    except StepError as error:
        exit_with(Failure(error.reason, str(error)), fatal=isinstance(error, Fatal))
    except (typer.BadParameter, typer.Exit, typer.Abort):
        raise
    except Exception as error:  # by hand as in a pod: logged whole, and exit 75
        logs.logger().exception("the command broke")
        message = masked(f"{type(error).__name__}: {error}")
        exit_with(Failure(FailureReason.UNEXPECTED, message), fatal=False)


@contextlib.contextmanager
def pod_exits(termination_log: Path) -> Iterator[None]:
    """The same in a pod: the kubelet gets the failure, and an error that nobody expects is tried again."""
    try:
        yield
    except StepError as said:
        error = for_lack_of_secrets(said)
        failure, fatal = Failure(error.reason, str(error)), isinstance(error, Fatal)
    except Exception as error:  # the edge of the process: logged whole, and exit 75
        logs.logger().exception("the command broke")
        failure, fatal = Failure(FailureReason.UNEXPECTED, masked(f"{type(error).__name__}: {error}")), False
    else:
        return
    logs.logger().error("failed", reason=failure.reason.value, message=failure.message)
    with contextlib.suppress(OSError):  # not in a pod: standard error has it
        termination_log.write_text(contract.format_failure(failure))
    exit_with(failure, fatal=fatal)


def for_lack_of_secrets(error: StepError) -> StepError:
    """The same error; where the folder of secrets is there and empty, the one that it comes of.

    A pod starts without its Secret, since each of its keys may be absent: then a store seems to be away, or
    refuses us. A new pod of the same run may find it.
    """
    folder = Path(os.environ.get("OTAKUBE_SECRETS_DIR", contract.SECRETS_FOLDER))
    if error.reason not in _WITHOUT_SECRETS or not folder.is_dir():
        return error
    if any(not each.name.startswith("..") for each in folder.iterdir()):  # the kubelet's own names
        return error
    message = f"the Secret with the stores' credentials is missing, or has no key of this step: {error}"
    return Retriable(FailureReason.SETTINGS_MISSING, message)


_WITHOUT_SECRETS = frozenset({FailureReason.SETTINGS_INVALID, FailureReason.STORE_UNAVAILABLE})
"""Reasons for which a step fails without its Secret, if it needs one."""


def exit_with(failure: Failure, *, fatal: bool) -> NoReturn:
    """Print the failure, and end the command."""
    print(contract.format_failure(failure), file=sys.stderr)
    raise typer.Exit(contract.EXIT.fatal if fatal else contract.EXIT.retriable)


def write_outputs(folder: Path, outputs: Outputs) -> None:
    """Write each output as a file of its name; the workflow reads them as parameters."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in outputs.items():
        (folder / name.value).write_text(value)
    logs.logger().info("done", outputs={name.value: value[:200] for name, value in outputs.items()})
