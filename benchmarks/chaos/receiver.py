"""The mail server that messages are sent to: `python -m benchmarks.chaos.receiver FOLDER`.

Prints its port. Before each message it reads how to behave from FOLDER/mode: `accept`, `refuse`
(451), `hang` (no answer), `late` (takes the message and answers after the sender has given up),
`drop` (cuts the connection). What it took stands in FOLDER/taken, a line per message.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

LATE = 12.0
HUNG = 600.0


class Receiver:
    def __init__(self, folder: Path) -> None:
        self.mode = folder / "mode"
        self.taken = (folder / "taken").open("a", encoding="utf-8")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mode = self.mode.read_text().strip()
        if mode == "refuse":
            return "451 4.3.0 busy"
        if mode == "hang":
            await asyncio.sleep(HUNG)
        if mode == "drop":
            server.transport.abort()
            return "421 gone"
        self._take(envelope.content)
        if mode == "late":
            await asyncio.sleep(LATE)
        return "250 taken"

    def _take(self, content: bytes) -> None:
        message_id = BytesHeaderParser().parsebytes(content)["Message-ID"].strip()
        self.taken.write(json.dumps({"at": time.time(), "id": message_id}) + "\n")
        self.taken.flush()
        os.fsync(self.taken.fileno())


async def main() -> None:
    receiver = Receiver(Path(sys.argv[1]))
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(receiver), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
