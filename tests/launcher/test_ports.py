from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from jinke_desk.launcher import ports
from jinke_desk.launcher.errors import LaunchError


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def port_of(environ: dict[str, str]) -> tuple[int, str]:
    server, remark = ports.web_socket(environ)
    with server:
        return server.getsockname()[1], remark


def test_a_free_port_that_the_user_set_is_taken_without_remark() -> None:
    port = ports.free_port()
    assert port_of({"PORT": str(port)}) == (port, "")


def test_a_busy_port_that_the_user_set_is_an_error(busy_port: int) -> None:
    with pytest.raises(LaunchError, match=f"PORT {busy_port} is in use"):
        ports.web_socket({"PORT": str(busy_port)})


def test_a_busy_default_port_gives_way_and_says_so(
    busy_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "DEFAULT_WEB_PORT", busy_port)
    port, remark = port_of({})
    assert busy_port < port < busy_port + 50
    assert f"Port {busy_port} is in use" in remark
    assert str(port) in remark


def test_two_desks_started_at_once_never_share_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "DEFAULT_WEB_PORT", ports.free_port())
    first, _ = ports.web_socket({})
    second, _ = ports.web_socket({})
    with first, second:
        assert first.getsockname() != second.getsockname()


@pytest.mark.parametrize("wanted", ["0", "65536", "http", "-1", "80 80", "八千", "²"])
def test_a_port_that_is_none_is_an_error(wanted: str) -> None:
    with pytest.raises(LaunchError, match="must be a number from 1 to 65535"):
        ports.web_socket({"PORT": wanted})


def test_a_port_listened_on_by_all_interfaces_is_busy() -> None:
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
        assert not ports.is_free(server.getsockname()[1])


def test_the_port_of_last_time_is_kept_while_it_is_free(busy_port: int) -> None:
    free = ports.free_port()
    assert ports.keep_or_choose(free) == free
    assert ports.keep_or_choose(busy_port) != busy_port
    assert ports.keep_or_choose(0) > 0
