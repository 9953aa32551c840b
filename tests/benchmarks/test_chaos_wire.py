"""The network of `make chaos` does what it is told: the faults of the wire stand on it."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import subprocess
import sys
import threading
import time

import pytest

from jinke_desk.launcher.places import PROJECT

PATIENCE = 30


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.ends.append(self.request)
        with contextlib.suppress(OSError):
            while piece := self.request.recv(100):
                self.server.heard.append(piece)
                self.request.sendall(piece.upper())


class Echoes(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def server():
    with Echoes(("127.0.0.1", 0), Echo) as echoes:
        echoes.ends, echoes.heard = [], []
        threading.Thread(target=echoes.serve_forever, daemon=True).start()
        yield echoes
        echoes.shutdown()


@pytest.fixture
def wire(server, tmp_path):
    (tmp_path / "wire").write_text("pass")
    command = [sys.executable, "-m", "benchmarks.chaos.wire", str(tmp_path)]
    with subprocess.Popen(
        [*command, str(server.server_address[1])], cwd=PROJECT, stdout=subprocess.PIPE
    ) as process:
        port = int(process.stdout.readline())

        def call():
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

        call.tell = (tmp_path / "wire").write_text
        yield call
        process.kill()


def is_reset(end):
    with contextlib.suppress(ConnectionError):
        return end.recv(100) == b""
    return True


def test_carries_everything_and_ends_with_either_end(wire, server):
    with wire() as end:
        end.sendall(b"hello")
        assert end.recv(100) == b"HELLO"
        server.ends[0].shutdown(socket.SHUT_RDWR)
        assert is_reset(end)


def test_slow_is_late_and_whole(wire):
    wire.tell("slow")
    with wire() as end:
        end.sendall(b"hello")
        assert end.recv(100) == b"HELLO"


def test_what_stalls_goes_on_afterwards(wire, server):
    with wire() as end:
        end.sendall(b"one")
        assert end.recv(100) == b"ONE"
        wire.tell("stall")
        time.sleep(1)
        end.sendall(b"two")
        time.sleep(1)
        assert server.heard == [b"one"]
        wire.tell("pass")
        assert end.recv(100) == b"TWO"


def test_cut_resets_what_stands_and_what_comes(wire):
    with wire() as end:
        end.sendall(b"one")
        assert end.recv(100) == b"ONE"
        wire.tell("cut")
        assert is_reset(end)
    # the reset may come before the caller has noticed that there was an answer
    try:
        with wire() as end:
            assert is_reset(end)
    except ConnectionResetError:
        pass


def test_half_open_is_lost_here_and_stands_there(wire, server):
    with wire() as end:
        end.sendall(b"one")
        assert end.recv(100) == b"ONE"
        wire.tell("half-open 1")
        assert is_reset(end)
    far = server.ends[0]
    far.settimeout(2)
    with pytest.raises(TimeoutError):
        far.recv(100)
    with wire() as again:
        again.sendall(b"two")
        assert again.recv(100) == b"TWO"
