"""An embedded Redis or Valkey. It keeps nothing: the database is the truth, this is a doorbell."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from jinke_desk.launcher import binaries, processes
from jinke_desk.launcher.demo_env import write_private
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import Place
from jinke_desk.launcher.ports import HOST

_ANSWER_SECONDS = 2.0
_START_SECONDS = 20.0
_STOP_SECONDS = 20.0


@dataclass
class Doorbell:
    place: Place
    password: str
    port: int
    origin: binaries.Origin | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    @property
    def folder(self) -> Path:
        return self.place.home / "redis"

    def answers(self) -> bool:
        return self.server_pid() is not None

    def server_pid(self) -> int | None:
        """Return the process of our own server: no other one takes this password."""
        try:
            with socket.create_connection((HOST, self.port), _ANSWER_SECONDS) as connection:
                connection.sendall(f"AUTH {self.password}\r\nINFO server\r\nQUIT\r\n".encode())
                answer = connection.makefile("rb").read()
        except OSError:
            return None
        found = re.search(rb"^process_id:(\d+)", answer, re.MULTILINE)
        return int(found[1]) if found else None

    def start(self) -> None:
        found = binaries.choose_redis(self.origin)
        root = found.program.parents[2] if found.origin == "embedded" else found.program.parent
        program = binaries.within_reach(found.program, root, self.place.home, self.place.account)
        self._configure()
        self.process = process = processes.start_server(
            [program, self.folder / "redis.conf"], place=self.place, log="redis.log"
        )
        processes.wait_until(lambda: process.poll() is not None or self.answers(), _START_SECONDS)
        if process.poll() is not None or not self.answers():
            raise LaunchError(f"Redis did not start; {self.place.logs / 'redis.log'} says why.")

    def _configure(self) -> None:
        """Write the settings to a private file: a command line shows its password to everyone."""
        self.place.account.make_folder(self.folder)
        settings = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            "daemonize no",
        ]
        path = self.folder / "redis.conf"
        write_private(path, "\n".join(settings) + "\n")
        self.place.account.give(path, 0o600)

    def stop(self) -> None:
        pid = self.server_pid()
        if pid is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            processes.send(pid, how)
            if processes.wait_until(lambda: self._is_gone(pid), _STOP_SECONDS):
                return

    def _is_gone(self, pid: int) -> bool:
        if self.process and self.process.pid == pid:
            return self.process.poll() is not None
        return not processes.is_alive(pid)
