"""Ports on 127.0.0.1: free ones for the servers, one that people type for the web."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from jinke_desk.launcher.errors import LaunchError

HOST = "127.0.0.1"
DEFAULT_WEB_PORT = 8000
_WEB_PORTS_TRIED = 50
_BACKLOG = 512


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port now. Leftover connections do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def keep_or_choose(port: int | None) -> int:
    """Stay on the port of last time where possible, so that an open psql survives a restart."""
    return port if port and is_free(port) else free_port()


def web_socket(environ: Mapping[str, str] = os.environ) -> tuple[socket.socket, str]:
    """Listen for the web. Return the socket and a remark for the user, empty when there is none.

    The socket is ours from now on and handed to the web server when that starts, so that two
    desks started at once never settle on the same port. The default port gives way to the next
    free one; a port the user chose does not.
    """
    wanted = environ.get("PORT", "").strip()
    if wanted:
        return _on_chosen_port(wanted), ""
    for port in range(DEFAULT_WEB_PORT, DEFAULT_WEB_PORT + _WEB_PORTS_TRIED):
        if server := _listen(port):
            remark = f"Port {DEFAULT_WEB_PORT} is in use; this desk takes {port}."
            return server, "" if port == DEFAULT_WEB_PORT else remark
    raise LaunchError(f"No port from {DEFAULT_WEB_PORT} on is free. Set PORT to a free one.")


def _on_chosen_port(wanted: str) -> socket.socket:
    if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted) <= 65535:
        raise LaunchError(f"PORT is {wanted!r}; it must be a number from 1 to 65535.")
    port = int(wanted)
    if server := _listen(port):
        return server
    why = "needs root" if port < 1024 and os.geteuid() else "is in use"
    raise LaunchError(f"PORT {port} {why}. Stop what uses it, or set PORT to another one.")


def _listen(port: int) -> socket.socket | None:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((HOST, port))
        server.listen(_BACKLOG)
    except OSError:
        server.close()
        return None
    return server
