# SPDX-License-Identifier: Apache-2.0
"""The lock commands from the command line to the store and back."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from curation import FolderCluster
from lock_builders import different, fixed, means, page, same
from otakube.domain.locks import change
from otakube.domain.locks.file import HEADER, format_file
from otakube.domain.locks.lock import Lock, lock_id
from otakube_cli import command
from otakube_cli.locks import app

Otakube = Callable[..., Result]
MAL, ANILIST = "https://myanimelist.net/anime/457", "https://anilist.co/anime/457"
MANY = [same(2 * n, 2 * n + 1, note=sha256(bytes([n])).hexdigest()) for n in range(8)]
DECIDED = [same(0, 1), different(2, 3), means("蟲師", 1), fixed("aired_from", "2005-10-23", 0)]


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderCluster:
    made = FolderCluster(tmp_path / "store")

    @asynccontextmanager
    async def connected(**_: str) -> AsyncIterator[FolderCluster]:
        yield made

    monkeypatch.setattr(command, "connected", connected)
    monkeypatch.setenv("USER", "ilse")
    monkeypatch.setenv("LOGNAME", "ilse")
    return made


@pytest.fixture
def otakube(cluster: FolderCluster) -> Otakube:
    def locks(*arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=given)

    return locks


def file_of(folder: Path, *locks: Lock) -> str:
    path = folder / "locks.jsonl"
    path.write_text(format_file(locks))
    return str(path)


def kept(cluster: FolderCluster) -> str:
    return format_file(asyncio.run(cluster.locks.after("", 10_000)))


def test_a_file_that_is_imported_is_exported_byte_by_byte(
    otakube: Otakube, cluster: FolderCluster, tmp_path: Path
) -> None:
    file = file_of(tmp_path, *DECIDED)
    done = otakube("import", file)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "4 added, 0 unchanged, 0 refused")
    assert otakube("export").stdout == Path(file).read_text()
    copy = str(tmp_path / "copy.jsonl")
    assert otakube("export", copy).stdout == f"4 locks are in {copy}\n"
    assert Path(copy).read_bytes() == Path(file).read_bytes()
    again = otakube("import", "-", given=Path(file).read_text())
    assert again.stdout == "0 added, 4 unchanged, 0 refused\n"
    assert len(cluster.runs) == 1, "what is there already starts no workflow"


def test_a_file_with_one_bad_line_changes_nothing_and_every_bad_line_is_named(
    otakube: Otakube, cluster: FolderCluster, tmp_path: Path
) -> None:
    otakube("import", file_of(tmp_path, same(0, 1)))
    text = format_file([same(4, 5), different(0, 1)])
    done = otakube("import", "-", "-o", "json", given=text)
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert (report["added"], report["refused"], report["applied"]) == (1, 1, False)
    refused = {row["line"]: row["detail"] for row in report["lines"] if row["outcome"] == "refused"}
    assert set(refused) == {2}
    assert lock_id(same(0, 1)) in refused[2]
    assert done.stderr == "otakube: 1 lines of - are refused; nothing is changed\n"
    assert kept(cluster) == format_file([same(0, 1)])
    table = otakube("import", "-", given=text).stdout.splitlines()
    assert table[0].split() == ["LINE", "OUTCOME", "ID", "LOCK"]
    assert table[1].split()[:2] == ["2", "refused"]
    assert table[-1] == "1 added, 0 unchanged, 1 refused; nothing is changed"


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (("import", "-"), f"{HEADER}\n{{\n", "1 lines of - are refused"),
        (("import", "-"), format_file([same(0, 1), different(0, 1)]), "2 lines of - are refused"),
        (("import", "nowhere.jsonl"), "", "nowhere.jsonl cannot be read: No such file"),
        (("set", "same", MAL), "", "pages: "),
        (("set", "field", "colour", "red", MAL), "", "'colour' is no field that can be decided: "),
        (("set", "title", "Mushishi", "https://example.org/1"), "", "page: "),
        (("set", "title", "Mushishi", MAL, "--type", "Play"), "", "type is 'Play'"),
    ],
)
def test_what_is_wrong_by_itself_is_said_without_a_cluster(
    words: tuple[str, ...], text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    done = CliRunner().invoke(app, list(words), input=text)
    assert done.exit_code in (1, 2)
    assert said in done.stderr


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    otakube: Otakube, cluster: FolderCluster, tmp_path: Path
) -> None:
    done = otakube("import", file_of(tmp_path, *DECIDED), "--dry-run")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (
        0,
        "4 added, 0 unchanged, 0 refused; nothing is changed",
    )
    otakube("set", "same", MAL, ANILIST, "--dry-run")
    assert (kept(cluster), cluster.runs) == (HEADER + "\n", {})


def test_a_large_file_goes_in_parts_and_says_how_far_it_is(
    otakube: Otakube, cluster: FolderCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "PAYLOAD_LIMIT", 400)
    file = file_of(tmp_path, *MANY)
    done = otakube("import", file)
    assert done.exit_code == 0, done.stderr
    assert len(cluster.runs) > 2
    assert f"part 2 of {len(cluster.runs)}: " in done.stderr
    assert kept(cluster) == Path(file).read_text()


def test_a_part_that_fails_says_what_is_in_and_the_next_import_goes_on(
    otakube: Otakube, cluster: FolderCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "PAYLOAD_LIMIT", 400)
    cluster.fails_from = 1
    file = file_of(tmp_path, *MANY)
    done = otakube("import", file)
    assert done.exit_code == 1
    assert "of 8 locks are in; import the file again, they are passed over" in done.stderr
    cluster.fails_from = 1000
    assert otakube("import", file).exit_code == 0
    assert kept(cluster) == Path(file).read_text()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["same", MAL + "/Mushishi", ANILIST], {"kind": "Same", "pages": [ANILIST, MAL]}),
        (["different", MAL, ANILIST], {"kind": "Different", "pages": [ANILIST, MAL]}),
        (["title", "蟲師", MAL], {"kind": "Title", "title": "蟲師", "page": MAL}),
        (
            ["title", "Aria", MAL, "--year", "2005", "--type", "TV"],
            {"kind": "Title", "title": "Aria", "year": 2005, "type": "TV", "page": MAL},
        ),
        (["field", "episode_count", "26", MAL], {"field": "episode_count", "value": 26}),
        (["field", "title", "86", MAL], {"field": "title", "value": "86"}),
        (["field", "title_english", "null", MAL], {"field": "title_english", "value": None}),
        (["field", "aired_from", "2005-10-23", MAL], {"field": "aired_from", "value": "2005-10-23"}),
        (["field", "genres", '["Drama"]', MAL], {"field": "genres", "value": ["Drama"]}),
        (
            ["field", "season", '{"year": 2005, "quarter": "Fall"}', MAL],
            {"field": "season", "value": {"year": 2005, "quarter": "Fall"}},
        ),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_each_kind_is_set_with_who_decided_and_why(
    otakube: Otakube, arguments: list[str], expected: dict[str, Any]
) -> None:
    done = otakube("set", *arguments, "--note", "it is so", "--by", "ada")
    assert done.exit_code == 0, done.stderr
    assert " is set: " in done.stdout
    [stored] = json.loads(otakube("list", "-o", "json").stdout)
    assert expected.items() <= stored.items()
    assert (stored["decided_by"], stored["note"]) == ("ada", "it is so")
    assert " stands already: " in otakube("set", *arguments).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["same", MAL], "name at least two pages"),
        (["same", MAL, "https://example.org/1"], "is not the page of an anime; supported are"),
        (["title", " ", MAL], "outer blanks"),
        (["title", "Aria", MAL, "--type", "Series"], "type is 'Series'"),
        (["field", "score", "9", MAL], "'score' is no field that can be decided: title, title_english"),
        (["field", "episode_count", "many", MAL], 'episode_count cannot be "many"'),
        (["field", "episode_count", "--", "-3", MAL], "episode_count cannot be -3: Input should be greater"),
        (["field", "title", "null", MAL], "title cannot be null"),
        (["field", "season", '{"year": 2005}', MAL], "season cannot be"),
        (["same", MAL, ANILIST, "--note", "<b>x</b>"], "note: '<b>x</b>' has markup"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_decided_is_wrong_usage_and_named(
    otakube: Otakube, cluster: FolderCluster, arguments: list[str], words: str
) -> None:
    done = otakube("set", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert cluster.runs == {}


def test_another_answer_is_refused_until_the_first_is_removed(otakube: Otakube) -> None:
    first = otakube("set", "field", "type", "TV", MAL).stdout.split()[0]
    refused = otakube("set", "field", "type", "ONA", MAL)
    assert refused.exit_code == 1
    assert first in refused.stderr
    assert "remove one of them first: otakube locks remove ID" in refused.stderr
    assert "would be removed" in otakube("remove", first, "--dry-run").stdout
    assert "is removed" in otakube("remove", first).stdout
    assert otakube("set", "field", "type", "ONA", MAL).exit_code == 0


def test_an_id_that_nobody_has_is_named(otakube: Otakube) -> None:
    done = otakube("remove", "lock_0")
    assert (done.exit_code, "there is no lock 'lock_0'" in done.stderr) == (1, True)


def test_what_is_listed_says_who_decided_what_and_when(otakube: Otakube, tmp_path: Path) -> None:
    assert otakube("list").stdout.startswith("Nobody has decided anything")
    otakube("import", file_of(tmp_path, *DECIDED))
    rows = otakube("list").stdout.splitlines()
    assert rows[0].split() == ["ID", "KIND", "DECISION", "BY", "ON", "NOTE"]
    assert [row.split()[1] for row in rows[1:]] == ["Different", "Field", "Same", "Title"]
    assert rows[3].split()[2:] == f"{page(1)}, {page(0)} are one anime ilse 2026-11-20".split()


def test_a_file_that_is_not_there_or_no_text_is_named(otakube: Otakube, tmp_path: Path) -> None:
    assert "cannot be read: No such file" in otakube("import", str(tmp_path / "none")).stderr
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert "is not UTF-8 at byte 0" in otakube("import", str(tmp_path / "binary")).stderr
    assert "cannot be written" in otakube("export", str(tmp_path / "no" / "folder")).stderr


@pytest.mark.parametrize(
    "name",
    ["list", "export", "import", "remove", "set same", "set different", "set title", "set field"],
)
def test_every_command_has_help_with_an_example(otakube: Otakube, name: str) -> None:
    done = otakube(*name.split(), "--help")
    assert done.exit_code == 0
    assert f"Example: otakube locks {name}" in " ".join(done.stdout.split())
    assert "--output" in done.stdout
