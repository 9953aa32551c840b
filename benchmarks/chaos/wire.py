"""The network between the desk and its servers: `python -m benchmarks.chaos.wire FOLDER PORT …`.

Prints a port for each server's. Twenty times a second it reads from FOLDER/wire how to behave:

- `pass`: carry everything on as it comes
- `slow`: each piece takes `SLOW` seconds, either way
- `stall`: nothing is carried, nothing is lost; what came meanwhile goes on afterwards
- `cut`: every connection is reset, a new one as well
- `half-open N`: once for each new N, the desk's ends are reset, and the servers never hear of it
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from functools import partial
from pathlib import Path

HOST = "127.0.0.1"
SLOW = 0.05
PIECE = 1 << 16
_TICK = 0.05
_RESET = struct.pack("ii", 1, 0)


class Wire:
    def __init__(self, folder: Path) -> None:
        self.told = folder / "wire"
        self.mode = "pass"
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.lines: set[Line] = set()
        #: ends of servers that nobody answers any more
        self.orphans: list[asyncio.StreamWriter] = []

    async def obey(self) -> None:
        while True:
            mode = self.told.read_text().strip()
            if mode != self.mode:
                self.mode = mode
                self._change()
            await asyncio.sleep(_TICK)

    def _change(self) -> None:
        if self.mode == "stall":
            self.flowing.clear()
        else:
            self.flowing.set()
        if self.mode == "cut":
            for line in list(self.lines):
                line.end()
        if self.mode.startswith("half-open"):
            for line in list(self.lines):
                self.orphans.append(line.server)
                line.forget()

    async def carry(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.mode == "cut":
            reset(writer)
            return
        await self.flowing.wait()
        try:
            from_server, to_server = await asyncio.open_connection(HOST, port)
        except OSError:
            reset(writer)
            return
        line = Line(writer, to_server)
        self.lines.add(line)
        line.pumps = [
            asyncio.ensure_future(self._pump(reader, to_server)),
            asyncio.ensure_future(self._pump(from_server, writer)),
        ]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait(line.pumps, return_when=asyncio.FIRST_COMPLETED)
        self.lines.discard(line)
        if not line.forgotten:
            line.end()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await self.flowing.wait()
                if self.mode == "slow":
                    await asyncio.sleep(SLOW)
                writer.write(piece)
                await writer.drain()


class Line:
    """One connection: the desk's end and the server's."""

    def __init__(self, desk: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.desk, self.server = desk, server
        self.pumps: list[asyncio.Future[None]] = []
        self.forgotten = False

    def end(self) -> None:
        self._stop()
        reset(self.desk)
        reset(self.server)

    def forget(self) -> None:
        """The server's end stays open, and silent."""
        self.forgotten = True
        self._stop()
        reset(self.desk)

    def _stop(self) -> None:
        for pump in self.pumps:
            pump.cancel()


def reset(writer: asyncio.StreamWriter) -> None:
    """Not a farewell: the other end is told that there is no such connection."""
    end: socket.socket | None = writer.get_extra_info("socket")
    if end is not None:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


async def main() -> None:
    wire = Wire(Path(sys.argv[1]))
    for port in map(int, sys.argv[2:]):
        listening = await asyncio.start_server(partial(wire.carry, port), HOST, 0)
        print(listening.sockets[0].getsockname()[1], flush=True)
    await wire.obey()


if __name__ == "__main__":
    asyncio.run(main())
