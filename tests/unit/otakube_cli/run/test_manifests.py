# SPDX-License-Identifier: Apache-2.0
"""What `otakube run` is given becomes objects, or is refused by one sentence with status 65."""

import io
import os
import re
import sys
import threading
from pathlib import Path

import pytest
import yaml

from otakube_cli.errors import ConsoleError
from otakube_cli.run.manifests import read

REPOSITORY = Path(__file__).parents[4]
HEAD = "apiVersion: otakube.dev/v1alpha1\nkind: AnimeEnrichment\nmetadata: {name: a}\n"
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def refusal(*given: object) -> str:
    with pytest.raises(ConsoleError) as refused:
        read([str(one) for one in given])
    assert refused.value.code == 65
    return str(refused.value)


def names(*titles: str) -> list[str]:
    return [one.metadata.name for one in read(titles)]


def test_a_title_of_plain_words_names_its_object() -> None:
    assert names("Hoshi no Toudaimori", "86") == ["hoshi-no-toudaimori", "86"]


@pytest.mark.parametrize(
    "titles",
    [
        ("進撃の巨人", "鬼滅の刃", "title"),
        ("Gintama", "Gintama'", "Gintama°"),
        ("A" * 70, "A" * 71, "A" * 300),
        ("Fate/Zero", "Fate Zero"),
    ],
)
def test_titles_that_differ_have_objects_of_different_names(titles: tuple[str, ...]) -> None:
    found = names(*titles)
    assert len(set(found)) == len(titles)
    assert all(LABEL.fullmatch(name) for name in found)
    assert names(*titles) == found


def test_an_empty_title_is_refused_and_not_taken_for_the_working_folder() -> None:
    assert "a title is empty" in refusal("")


def test_a_title_longer_than_a_file_name_is_refused_by_its_length() -> None:
    assert "at most 300 characters" in refusal("a" * 5000)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"[" * 20_000, "nested too deeply"),
        (f"{HEAD}spec: {{anime: {{title: A}}}}\nspec: {{anime: {{title: B}}}}\n".encode(), "'spec' is given"),
        (f"{HEAD}spec: {{anime: {{title: A}}}}\nfoo: 1\n".encode(), "foo is 1, but there is no such field"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused_by_one_sentence(
    tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    assert says in refusal(file)
    assert "\n" not in refusal(file)


def test_a_date_is_text_as_for_kubectl(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{HEAD}spec: {{anime: {{title: 2024-01-01}}}}\n")
    assert read([str(file)])[0].spec.anime.title == "2024-01-01"


def test_a_pipe_is_a_file_and_no_title(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(
        daemon=True, target=pipe.write_text, args=(f"{HEAD}spec: {{anime: {{title: A}}}}\n",)
    )
    writer.start()
    found = read([str(pipe)])
    assert [one.metadata.name for one in found] == ["a"]


def test_a_list_is_read_as_kubectl_get_writes_it(tmp_path: Path) -> None:
    def item(name: str) -> dict[str, object]:
        head = {"apiVersion": "otakube.dev/v1alpha1", "kind": "AnimeEnrichment", "metadata": {"name": name}}
        return {**head, "spec": {"anime": {"title": name}}}

    of_kind = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichmentList",
        "metadata": {"resourceVersion": "9"},
        "items": [item("b"), item("c")],
    }
    file = tmp_path / "all.yaml"
    file.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [item("a"), of_kind]}))
    assert [one.metadata.name for one in read([str(file)])] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ("[]", "items is empty: write at least one AnimeEnrichment"),
        ("{}", "items is {}: write a list of objects"),
        ("[{kind: EpisodeSchedule}]", "item 1: apiVersion is None"),
        ("[1]", "item 1: 1 is no object"),
    ],
)
def test_the_item_of_a_list_that_is_wrong_is_named(tmp_path: Path, items: str, says: str) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(f"{{apiVersion: v1, kind: List, items: {items}}}")
    assert says in refusal(file)


def test_standard_input_that_is_not_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8"))
    assert "standard input is not UTF-8" in refusal("-")


@pytest.mark.parametrize("page", ["docs/try.md", "cli/otakube_cli/run/__init__.py"])
def test_every_manifest_of_the_examples_is_admitted(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    lines = re.findall(r"otakube run ([\w/.-]+/[\w/.-]+)(.*)", (REPOSITORY / page).read_text())
    assert len(lines) > 1
    for given, options in lines:
        assert read([given]), given
        assert "--stand-in" in options, f"{given} holds invented anime, which only the stand-in knows"


PAGE = "https://myanimelist.net/anime/457"
ENTRY = "ani_01JD3Z5K8Q0000000000000001"


def test_a_page_and_an_id_name_an_anime_as_they_do_for_enrich() -> None:
    page, entry = read([PAGE, ENTRY])
    assert page.spec.anime.source_urls == [PAGE]
    assert page.metadata.name == "myanimelist-net-anime-457"
    assert entry.spec.anime.id == ENTRY
    assert entry.metadata.name == ENTRY.lower().replace("_", "-")


def test_a_page_of_an_unknown_site_is_refused_as_a_page() -> None:
    with pytest.raises(ConsoleError, match=r"page 'https://example.org/1': .*must point at a known provider"):
        read(["https://example.org/1"])
