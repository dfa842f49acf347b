# SPDX-License-Identifier: Apache-2.0
"""What every bucket promises, of a real S3 server and of the folder alike."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.s3.objects import S3Objects
from otakube.errors import Fatal, Retriable
from otakube.ports.objects import AgedObjects
from ports import free_port
from stores import Stores


@pytest.fixture(params=["s3", "folder"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> AgedObjects:
    if request.param == "folder":
        return FolderObjects(tmp_path)
    stores: Stores = request.getfixturevalue("stores")
    return S3Objects(stores.settings())


@pytest.fixture
def prefix() -> str:
    return f"test/{secrets.token_hex(6)}"


async def test_an_object_is_read_as_it_was_written(objects: AgedObjects, prefix: str) -> None:
    await objects.put(f"{prefix}/a.json", b'{"title": "Mushishi"}')
    await objects.put(f"{prefix}/a.json", b"[]")
    assert await objects.get(f"{prefix}/a.json") == b"[]"


async def test_an_absent_object_is_a_key_error(objects: AgedObjects, prefix: str) -> None:
    with pytest.raises(KeyError):
        await objects.get(f"{prefix}/absent")
    assert not await objects.exists(f"{prefix}/absent")
    await objects.delete(f"{prefix}/absent")


async def test_only_one_of_many_writers_creates_an_object(objects: AgedObjects, prefix: str) -> None:
    attempts = [
        objects.put_new(f"{prefix}/one", bytes([i]) * 4096, content_type="application/octet-stream")
        for i in range(16)
    ]
    created = await asyncio.gather(*attempts)
    assert created.count(True) == 1
    assert await objects.get(f"{prefix}/one") == bytes([created.index(True)]) * 4096


async def test_a_listing_has_every_key_below_the_prefix(objects: AgedObjects, prefix: str) -> None:
    for name in ("a", "b/c", "b/d"):
        await objects.put(f"{prefix}/{name}", b"x")
    assert sorted([key async for key in objects.list(prefix)]) == [
        f"{prefix}/{n}" for n in ("a", "b/c", "b/d")
    ]
    await objects.delete(f"{prefix}/b/c")
    assert not await objects.exists(f"{prefix}/b/c")


async def test_an_object_tells_when_it_was_written(objects: AgedObjects, prefix: str) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)  # a listing has whole seconds
    await objects.put(f"{prefix}/aged", b"x")
    [(key, written)] = [aged async for aged in objects.aged(f"{prefix}/")]
    assert key == f"{prefix}/aged"
    assert before <= written <= datetime.now(UTC)


async def test_what_a_killed_writer_left_half_written_is_no_object(tmp_path: Path) -> None:
    objects = FolderObjects(tmp_path)
    await objects.put("work/a/golden.json", b"{}")
    (tmp_path / "work/a/.part-0123").write_bytes(b"{")
    assert [key async for key in objects.list("work/")] == ["work/a/golden.json"]


async def test_a_key_never_leaves_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leaves the folder"):
        await FolderObjects(tmp_path / "bucket").put("../outside", b"x")


async def test_a_bucket_that_does_not_exist_is_named(stores: Stores) -> None:
    with pytest.raises(Fatal, match="absent-bucket"):
        await S3Objects(stores.settings(s3_bucket="absent-bucket")).get("a")


async def test_wrong_credentials_are_fatal_and_not_shown(stores: Stores) -> None:
    objects = S3Objects(stores.settings(s3_secret_access_key="wrong-secret"))
    with pytest.raises(Fatal, match="credentials") as refused:
        await objects.put("a", b"x")
    assert "wrong-secret" not in str(refused.value)


async def test_a_write_that_the_server_answers_with_409_is_retriable(stores: Stores, prefix: str) -> None:
    """The race of a write and a deletion cannot be forced; an object in a folder's place has its answer."""
    objects = S3Objects(stores.settings())
    await objects.put(f"{prefix}/ani_a", b"x")
    with pytest.raises(Retriable, match="met another change"):
        await objects.put(f"{prefix}/ani_a/2-k.json", b"x")
    with pytest.raises(Retriable, match="met another change"):
        await objects.put_new(f"{prefix}/ani_a/2-k.json", b"x", content_type="application/json")


async def test_writes_and_deletions_in_one_folder_end_in_a_result_or_retriable(
    objects: AgedObjects, prefix: str
) -> None:
    async def written(number: int) -> bool:
        try:
            await objects.put(f"{prefix}/folder/{number}", b"x")
        except Retriable:
            return False
        await objects.delete(f"{prefix}/folder/{number}")
        return True

    done = await asyncio.gather(*(written(number) for number in range(200)))
    assert any(done)


async def test_an_unreachable_bucket_is_retriable(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("otakube.adapters.stores.s3.objects._RETRIES", 0)
    objects = S3Objects(stores.settings(s3_endpoint=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(Retriable, match="otakube"):
        await objects.get("a")
