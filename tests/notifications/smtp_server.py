"""A mail server as a process of its own: `python smtp_server.py FOLDER PLAN…`.

Prints its port. Each word of the plan is for one message: `refuse` answers 451, `hang` does not
answer for a minute, `drop` cuts the connection; after the plan every message is accepted and kept
in the folder.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Server:
    def __init__(self, folder: Path, plan: list[str]) -> None:
        self.folder, self.plan, self.kept = folder, plan, 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        deed = self.plan.pop(0) if self.plan else "accept"
        (self.folder / "deeds").open("a").write(f"{deed} {','.join(envelope.rcpt_tos)}\n")
        if deed == "refuse":
            return "451 4.3.0 mailbox owner@example busy"
        if deed == "hang":
            await asyncio.sleep(60)
        if deed == "drop":
            server.transport.abort()
            return "421 gone"
        self.kept += 1
        (self.folder / f"{self.kept}.eml").write_bytes(envelope.content)
        return "250 kept"


async def main() -> None:
    handler = Server(Path(sys.argv[1]), sys.argv[2:])
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
