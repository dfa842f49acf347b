# SPDX-License-Identifier: Apache-2.0
"""Age of each watch: the time since the last byte, event or bookmark, of its stream.

kopf keeps bookmarks to itself, and an operator whose watch is silently dead answers HTTP as ever. So the
session that kopf is given makes responses which note each chunk that a watch delivers. An idle stream still
carries a bookmark a minute; nothing has to be written to the API server to see it alive.

The same responses tell of each watch that goes on from a new list, of which kopf says nothing either: what
left the list unseen before, since no watch held it then, is in no event.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import aiohttp


class WatchAges:
    """Time of each watch's last delivery; one that never delivered counts from the start of the process.

    `began` is told of the resource whose watch has begun from a new list.
    """

    def __init__(
        self,
        plurals: Iterable[str],
        clock: Callable[[], float] = time.monotonic,
        *,
        began: Callable[[str], None] = lambda _plural: None,
    ) -> None:
        self._clock, self._began = clock, began
        self._heard: dict[str, dict[str, float]] = {plural: {} for plural in plurals}
        self._listed: set[str] = set()  # paths whose next watch goes on from a new list
        self._born = clock()

    def listed(self, url_path: str) -> None:
        """Take note that a watch of that path is to go on from a list."""
        self._listed.add(url_path)

    def opened(self, url_path: str) -> None:
        """Count a stream from its first opening: kopf reopens a silent one, which is no sign of life."""
        resource = url_path.rsplit("/", 1)[-1]
        if resource in self._heard:
            self._heard[resource].setdefault(url_path, self._clock())
        if url_path in self._listed:
            self._listed.discard(url_path)
            self._began(resource)

    def note(self, url_path: str) -> None:
        """Take note that a stream of that path has delivered something."""
        resource = url_path.rsplit("/", 1)[-1]
        if resource in self._heard:
            self._heard[resource][url_path] = self._clock()

    def ages(self) -> dict[str, float]:
        """Seconds since the most silent stream of each resource was heard."""
        now = self._clock()
        return {name: now - min(paths.values(), default=self._born) for name, paths in self._heard.items()}

    def response_class(self) -> type[aiohttp.ClientResponse]:
        """A response class whose watch streams report here."""
        listed, opened, note = self.listed, self.opened, self.note

        class WatchedResponse(aiohttp.ClientResponse):
            async def start(self, connection: Any) -> "WatchedResponse":
                await super().start(connection)
                path = self.url.path
                if self.status == 200 and "watch" not in self.url.query:
                    listed(path)
                elif self.status == 200:
                    opened(path)
                    self.content = _NotingStream(self.content, lambda: note(path))  # type: ignore[assignment]  # a proxy
                return self

        return WatchedResponse


class _NotingStream:
    """A StreamReader that reports each chunk."""

    def __init__(self, stream: aiohttp.StreamReader, heard: Callable[[], None]) -> None:
        self._stream, self._heard = stream, heard

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """The chunks, each reported before it is handed on."""
        async for chunk in self._stream.iter_chunked(size):
            self._heard()
            yield chunk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
