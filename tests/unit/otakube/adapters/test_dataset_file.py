# SPDX-License-Identifier: Apache-2.0
"""A dataset's file is read whole or not at all."""

from pathlib import Path

import pytest
import zstandard

from otakube.adapters import dataset_file
from otakube.adapters.dataset_file import read_dataset
from otakube.domain.dataset.rows import UnreadableDataset
from unit.otakube.domain.dataset.weeks import document, json_lines, row

TEXT = json_lines(row(f"No. {one}", str(one)) for one in range(1, 2000))


def compressed(text: bytes, *, size: bool = True) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=size).compress(text)


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "week"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [TEXT, compressed(TEXT), compressed(TEXT, size=False)])
def test_a_file_is_read_compressed_or_not_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    assert len(read_dataset(written(tmp_path, content)).rows) == 1999


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_compressed_file_that_is_cut_off_is_none(tmp_path: Path, share: float) -> None:
    whole = compressed(TEXT)
    with pytest.raises(UnreadableDataset, match="cut off"):
        read_dataset(written(tmp_path, whole[: int(len(whole) * share)]))


def test_a_compressed_file_that_is_damaged_is_none(tmp_path: Path) -> None:
    whole = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(TEXT))
    whole[len(whole) // 2] ^= 0xFF
    with pytest.raises(UnreadableDataset):
        read_dataset(written(tmp_path, bytes(whole)))


@pytest.mark.parametrize("content", [b"", b"\n \n", compressed(b"")])
def test_an_empty_file_is_none(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableDataset, match="empty"):
        read_dataset(written(tmp_path, content))


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(dataset_file, "LARGEST", 1 << 20)
    bomb = document([row("Tide", "1", synonyms=["x" * (8 << 20)])])
    with pytest.raises(UnreadableDataset, match="more than 1 MiB"):
        read_dataset(written(tmp_path, compressed(bomb) if packed else bomb))


def test_document_and_lines_give_the_same_rows(tmp_path: Path) -> None:
    rows = [row("Tide", "1"), row("潮", "2")]
    both = [read_dataset(written(tmp_path, text)).rows for text in (document(rows), json_lines(rows))]
    assert both[0] == both[1]
