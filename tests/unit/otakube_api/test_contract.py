# SPDX-License-Identifier: Apache-2.0
"""Failures on their way from a step to the operator."""

from otakube_api.contract import Failure, FailureReason, format_failure, parse_failure


def test_a_failure_comes_back_from_a_node_message() -> None:
    failure = Failure(FailureReason.ANIME_UNKNOWN, "no provider knows 'Tide'")

    assert parse_failure(f"Error (exit code 65): {format_failure(failure)}") == failure


def test_a_message_without_a_reason_is_unexpected() -> None:
    assert parse_failure("OOMKilled (exit code 137)").reason is FailureReason.UNEXPECTED


def test_a_failure_is_one_harmless_line() -> None:
    text = format_failure(Failure(FailureReason.UNEXPECTED, "a\x1b[2J\nb {{=workflow.name}} \x9b31m"))

    assert text == "UnexpectedError: a [2J b { {=workflow.name}}  31m"


def test_a_failure_fits_into_a_termination_message() -> None:
    assert len(format_failure(Failure(FailureReason.UNEXPECTED, "潮" * 9999)).encode()) <= 2048
