"""A telephone line to a server that can be cut, or go silent: bytes are taken and never arrive."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

CHUNK = 65_536
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Line:
    """Listens on a port of its own and hands on to `host:port`, or to the socket in the folder `host`."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.far = host, port
        self.open = asyncio.Event()
        self.open.set()
        self.writers: set[asyncio.StreamWriter] = set()
        self.server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._call, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Every conversation ends, and nobody gets through."""
        if self.server is not None:
            self.server.close()
            self.server = None
        for writer in list(self.writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    def silence(self) -> None:
        self.open.clear()

    def speak(self) -> None:
        self.open.set()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, far = await self._dial()
        except OSError:
            writer.transport.abort()
            return
        self.writers |= {writer, far}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, far))
                group.create_task(self._carry(there, writer))
        finally:
            self.writers -= {writer, far}

    async def _dial(self) -> Pair:
        if self.host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self.host}/.s.PGSQL.{self.far}")
        return await asyncio.open_connection(self.host, self.far)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(CHUNK):
                await self.open.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()


def place_of(url: str) -> tuple[str, int]:
    """Host, or socket folder, and port of a PostgreSQL address."""
    parts = urlsplit(url)
    query: dict[str, Any] = parse_qs(parts.query)
    host = unquote(query["host"][0]) if "host" in query else parts.hostname or "127.0.0.1"
    return host, int(query["port"][0]) if "port" in query else parts.port or 5432


def through(line: Line, url: str, role: str, password: str) -> str:
    """That database as that role, over the line."""
    return f"postgresql://{role}:{password}@127.0.0.1:{line.port}{urlsplit(url).path}?sslmode=disable"
