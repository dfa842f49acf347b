# SPDX-License-Identifier: Apache-2.0
"""The command line: what it lists, what it imports, how it completes and how it fails."""

import subprocess
import sys
from pathlib import Path

import pytest

OTAKUBE = Path(sys.executable).with_name("otakube")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OTAKUBE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"COLUMNS": "200"} | environment,
    )


def imported(code: str) -> set[str]:
    """Top-level packages that a piece of code leaves imported."""
    script = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_lists_the_commands_with_a_line_each() -> None:
    listed = run("--help").stdout
    for command in ("step", "cluster", "review", "search"):
        assert command in listed
    assert "Run one step of an enrichment" in listed


@pytest.mark.parametrize("command", [(), ("locks",), ("locks", "set"), ("review",), ("step",), ("cluster",)])
def test_a_command_without_a_word_says_what_there_is(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert (done.returncode, "Commands" in done.stdout + done.stderr) == (2, True)


def test_listing_imports_no_command() -> None:
    code = (
        "from otakube.main import app, entry_points, summary\n"
        "from typer.testing import CliRunner\n"
        "result = CliRunner().invoke(app, ['--help']); assert result.exit_code == 0, result.output"
    )
    assert not imported(code) & {
        "pydantic",
        "structlog",
        "httpx2",
        "pymongo",
        "qdrant_client",
        "kubernetes",
        "yaml",
    }


def test_a_list_imports_neither_models_nor_clients_nor_table_libraries() -> None:
    heavy = {"kubernetes", "aiohttp", "urllib3", "httpx2", "yaml", "structlog", "pymongo", "pydantic"}
    code = "import otakube_cli.review, otakube_cli.kube.transport, otakube_cli.kube.plugin"
    assert not imported(code) & heavy


def test_a_table_is_printed_without_the_library_of_tables() -> None:
    code = "from otakube.commands.output import TABLE; TABLE.table(['a'], [['b']]); import sys"
    imported(f"{code}; assert 'rich.table' not in sys.modules")


def test_version_is_the_distributions() -> None:
    assert run("--version").stdout.startswith("otakube 0.")


def test_an_unknown_command_is_a_usage_error() -> None:
    assert run("nonsense").returncode == 2


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("srch", "No such command 'srch'. Did you mean 'search'"),
        ("review aprove", "No such command 'aprove'. Did you mean 'approve'?"),
        ("locks set fild", "No such command 'fild'. Did you mean 'field'?"),
        ("enrich x --reveiw Never", "No such option: --reveiw (Possible options: --review)"),
        ("enrich x --review nevr", "'Required', 'OnLowConfidence', 'Never'. Did you mean 'Never'?"),
        (
            "status -o jsn",
            "'jsn' is not one of 'table', 'wide', 'name', 'json', 'yaml'. Did you mean 'json'?",
        ),
        ("logs x --step ftch", "embed, commit, conclude. Did you mean 'fetch'?"),
        ("locks set field episodecount 3 x", "Did you mean 'episode_count'?"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_one_that_is_near(words: str, near: str) -> None:
    done = run(*words.split())
    assert (done.returncode, near in done.stderr) == (2, True), done.stderr


def test_where_no_word_is_near_nothing_is_suggested() -> None:
    refused = run("status", "-o", "cuneiform").stderr
    assert "'cuneiform' is not one of 'table', 'wide', 'name', 'json', 'yaml'.\n" in refused
    assert "Did you mean" not in run("nonsense").stderr


def test_a_shell_completes_steps() -> None:
    done = run("", _OTAKUBE_COMPLETE="complete_bash", COMP_WORDS="otakube step fe", COMP_CWORD="2")
    assert "fetch" in done.stdout


@pytest.mark.parametrize("step", ["fetch", "stage", "assemble", "embed", "commit", "conclude"])
def test_every_step_has_help_with_an_example(step: str) -> None:
    done = run("step", step, "--help")
    assert done.returncode == 0
    assert f"Example: otakube step {step}" in " ".join(done.stdout.split())
    for option in ("--work", "--outputs", "--objects", "--uid", "--generation", "--attempt"):
        assert option in done.stdout


HEAVY = {
    "qdrant_client",
    "grpc",
    "onnxruntime",
    "onnx",
    "tokenizers",
    "numpy",
    "scipy",
    "imagehash",
    "kopf",
    "rich",
    "boto3",
}


@pytest.mark.parametrize(
    ("modules", "also_not"),
    [
        ("otakube.commands.step", {"httpx2", "pydantic", "pymongo", "PIL", "obstore"}),
        ("otakube.steps.fetch.step", {"pymongo", "PIL"}),
        ("otakube.steps.stage.step", {"pymongo", "PIL", "httpx2"}),
        ("otakube.steps.assemble.step, otakube.adapters.images.source", {"pymongo", "PIL"}),
        ("otakube.steps.conclude.step", {"pymongo", "PIL", "httpx2"}),
    ],
)
def test_a_step_imports_only_its_own(modules: str, also_not: set[str]) -> None:
    assert not imported(f"import {modules}") & (HEAVY | also_not)


def test_the_traceback_of_an_error_that_nobody_expects_shows_no_secret() -> None:
    script = (
        "from otakube import main, masking\n"
        "masking.hide(['of-the-store'])\n"
        "def broken(**_): raise ValueError('refused: of-the-store')\n"
        "main.app = broken\n"
        "main.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "ValueError: refused: ***" in done.stderr
    assert "of-the-store" not in done.stderr.replace("masking.hide(['of-the-store'])", "")


def test_an_interruption_before_the_command_is_loaded_is_said_in_a_line() -> None:
    script = (
        "import os, signal, sys\n"
        "from otakube import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "main.load = lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['otakube', 'run', 'Cowboy Bebop']\n"
        "main.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "otakube: interrupted; give the same command again\n"
