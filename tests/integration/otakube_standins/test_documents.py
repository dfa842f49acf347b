# SPDX-License-Identifier: Apache-2.0
"""The MongoDB stand-in: what it must do for the commit to be what it says, and what it is known not to do."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import AutoReconnect, DuplicateKeyError

from ports import free_port
from stores import Server, documents_home

Collection = pymongo.collection.Collection[dict[str, Any]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("documents")
    command = [str(documents_home() / "documents"), "--port", "{port}", "--data", str(folder)]
    server = Server("documents", command, folder / "log", free_port(), {"DOCUMENTS_HEAP": "200m"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: Server) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{server.port}/", w="majority") as client:
        yield client


@pytest.fixture
def documents(client: pymongo.MongoClient[dict[str, Any]], request: pytest.FixtureRequest) -> Collection:
    return client["test"][request.node.name]


def test_hello_is_answered_as_a_command(client: pymongo.MongoClient[dict[str, Any]]) -> None:
    assert client.admin.command("hello")["isWritablePrimary"] is True


def test_one_of_many_wins_a_compare_and_set(documents: Collection) -> None:
    documents.insert_one({"_id": "entry", "live_version": None})
    won: list[int] = []

    def race(version: int) -> None:
        done = documents.update_one(
            {"_id": "entry", "live_version": None}, {"$set": {"live_version": version}}
        )
        won.extend([version] * done.modified_count)

    threads = [threading.Thread(target=race, args=(n,)) for n in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = documents.find_one({"_id": "entry"}) or {}
    assert won == [stored["live_version"]]


def test_counters_draw_each_number_once(documents: Collection) -> None:
    drawn: list[int] = []

    def draw() -> None:
        for _ in range(20):
            after = documents.find_one_and_update(
                {"_id": "entry"}, {"$inc": {"next_version": 1}}, upsert=True, return_document=True
            )
            drawn.append(after["next_version"])

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 161))


def test_a_guarded_upsert_collides_with_a_newer_document(documents: Collection) -> None:
    documents.insert_one({"_id": "episode", "version": 5})
    with pytest.raises(DuplicateKeyError):
        documents.update_one({"_id": "episode", "version": {"$lt": 3}}, {"$set": {"version": 3}}, upsert=True)


def test_names_with_dots_survive(documents: Collection) -> None:
    documents.insert_one({"_id": 1, "provenance": {"titles.main": {"confidence": 1.0}}})
    assert documents.find_one({"_id": 1}) == {"_id": 1, "provenance": {"titles.main": {"confidence": 1.0}}}


def test_no_acknowledged_write_is_lost_when_it_is_killed(server: Server, documents: Collection) -> None:
    acknowledged: list[list[int]] = [[], [], [], []]
    ready = threading.Barrier(5)

    def write(mine: list[int], base: int) -> None:
        ready.wait()
        for number in range(base, base + 100_000):
            try:
                documents.update_one({"_id": number}, {"$set": {"value": number}}, upsert=True)
            except AutoReconnect:
                return
            mine.append(number)

    threads = [
        threading.Thread(target=write, args=(mine, 1_000_000 * i)) for i, mine in enumerate(acknowledged)
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    while sum(map(len, acknowledged)) < 400:
        pass
    server.kill()
    for thread in threads:
        thread.join()
    server.start()
    stored = {d["_id"]: d["value"] for d in documents.find()}
    lost = [number for mine in acknowledged for number in mine if stored.get(number) != number]
    assert lost == []


def test_it_has_no_sessions(client: pymongo.MongoClient[dict[str, Any]]) -> None:
    with client.start_session() as session, pytest.raises(pymongo.errors.ConfigurationError):
        client["test"]["x"].insert_one({}, session=session)
