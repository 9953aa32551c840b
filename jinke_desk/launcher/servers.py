"""PostgreSQL and Redis of one place, with their ports and passwords, held and let go."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

from jinke_desk.launcher import binaries, holders, ports
from jinke_desk.launcher.demo_env import write_private
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import Place
from jinke_desk.launcher.postgres import APPLICATION, DATABASES, OWNER, SUPERUSER, Cluster
from jinke_desk.launcher.redis_server import Doorbell

DATABASE_NAMES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "KEYS_DATABASE_URL",
    "KEYS_DATABASE_OWNER_URL",
)
_START_TRIES = 3


class _State(TypedDict):
    """servers.json, private to the user who runs the desk."""

    postgres_port: int
    redis_port: int
    passwords: dict[str, str]


@dataclass(frozen=True)
class Wanted:
    """Which servers are ours to start, and which programs may be used for them."""

    postgres: bool = True
    redis: bool = True
    origin: binaries.Origin | None = None
    durable: bool = True


def wanted(environ: Mapping[str, str]) -> Wanted:
    """Read what the user brings. Half a set of database URLs is an error, not a guess."""
    given = [name for name in DATABASE_NAMES if environ.get(name)]
    missing = [name for name in DATABASE_NAMES if not environ.get(name)]
    if given and missing:
        raise LaunchError(
            f"{given[0]} is set, so {', '.join(missing)} must be set too: the owner role "
            "migrates, the application role runs, and the keys have a database of their own."
        )
    return Wanted(postgres=not given, redis=not environ.get("REDIS_URL"))


class _Server(Protocol):
    port: int

    def answers(self) -> bool: ...
    def start(self) -> None: ...


class Servers:
    """The servers of one place. Call `start`, `stop` and `look_after` in turn only."""

    def __init__(self, place: Place, want: Wanted) -> None:
        self.place = place
        self.want = want
        state = self._read_state()
        self.cluster = Cluster(
            place, state["passwords"], state["postgres_port"], want.origin, want.durable
        )
        self.doorbell = Doorbell(place, state["passwords"]["redis"], state["redis_port"])
        self.doorbell.origin = want.origin

    def start(self) -> None:
        """Start what is wanted and not yet running."""
        if self.want.postgres:
            self.cluster.create()
            self.cluster.adopt()
            self._bring_up(self.cluster)
            self.cluster.ensure_roles_and_databases()
        if self.want.redis:
            self._bring_up(self.doorbell)

    def stop(self) -> None:
        """Stop both, whoever started them."""
        self.doorbell.stop()
        self.cluster.stop()

    def look_after(self) -> list[str]:
        """Start again, on its old port, what died. Return the names of what had."""
        dead: list[str] = []
        if self.want.postgres and self.cluster.server_pid() is None:
            self.cluster.start()
            dead.append("PostgreSQL")
        if self.want.redis and not self.doorbell.answers():
            self.doorbell.start()
            dead.append("Redis")
        return dead

    def environment(self) -> dict[str, str]:
        """Return the URLs of the servers that are ours."""
        found: dict[str, str] = {}
        if self.want.postgres:
            roles = (APPLICATION, OWNER)
            urls = [self.cluster.url(role, name) for name in DATABASES for role in roles]
            found.update(zip(DATABASE_NAMES, urls, strict=True))
        if self.want.redis:
            found["REDIS_URL"] = self.doorbell.url
        return found

    def _bring_up(self, server: _Server) -> None:
        """Start on the port of last time or on a new one; someone may take it under our hands."""
        if server.port and server.answers():
            return
        for tries_left in reversed(range(_START_TRIES)):
            server.port = ports.keep_or_choose(server.port)
            self._write_state()
            try:
                server.start()
            except LaunchError:
                if not tries_left or ports.is_free(server.port):
                    raise
            else:
                return

    @property
    def _state_file(self) -> Path:
        return self.place.data_dir / "servers.json"

    def _read_state(self) -> _State:
        try:
            state: _State = json.loads(self._state_file.read_text())
        except FileNotFoundError:
            return self._first_state()
        except (OSError, ValueError) as error:
            raise LaunchError(f"{self._state_file} cannot be read: {error}") from None
        return state

    def _first_state(self) -> _State:
        if (self.place.database / "PG_VERSION").exists():
            raise LaunchError(
                f"{self._state_file} is missing; it holds the passwords of {self.place.database}. "
                "Put it back, or choose another DATA_DIR for a new demo."
            )
        names = (SUPERUSER, OWNER, APPLICATION, "redis")
        passwords = {name: secrets.token_urlsafe(24) for name in names}
        return {"postgres_port": 0, "redis_port": 0, "passwords": passwords}

    def _write_state(self) -> None:
        state: _State = {
            "postgres_port": self.cluster.port,
            "redis_port": self.doorbell.port,
            "passwords": {**self.cluster.passwords, "redis": self.doorbell.password},
        }
        write_private(self._state_file, json.dumps(state, indent=1) + "\n")


@contextmanager
def held(place: Place, want: Wanted) -> Iterator[Servers]:
    """Hold the servers of a place: start or join them, and stop them if nobody else is left."""
    servers: list[Servers] = []

    def start() -> None:
        servers.append(Servers(place, want))
        servers[0].start()

    def stop() -> None:
        if servers:
            servers[0].stop()

    with holders.holding(place.data_dir, start=start, stop=stop):
        yield servers[0]
