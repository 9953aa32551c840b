"""Real servers, started and stopped as `make run` does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from jinke_desk.launcher import places, processes, servers
from jinke_desk.launcher.binaries import Origin
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import Place
from jinke_desk.launcher.servers import Servers, Wanted

pytestmark = [pytest.mark.launcher]


@pytest.fixture(scope="module", params=["system", "embedded"])
def stack(request: pytest.FixtureRequest) -> Iterator[Servers]:
    origin: Origin = request.param
    with (
        places.throwaway_place("with space") as place,
        servers.held(place, Wanted(origin=origin, durable=False)) as held,
    ):
        yield held


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row
    return row[0]


def test_the_application_role_owns_nothing_and_rules_nothing(stack: Servers) -> None:
    urls = stack.environment()
    for name in ("DATABASE_URL", "KEYS_DATABASE_URL"):
        assert ask(urls[name], "SELECT current_user") == "jinke_app"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(urls[name], "CREATE TABLE mine (id int)")
    assert ask(
        urls["DATABASE_OWNER_URL"],
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'jinke%' AND (rolsuper OR rolcreaterole)",
    ) == (0)


def test_the_owner_may_create_what_migrations_need(stack: Servers) -> None:
    with psycopg.connect(stack.environment()["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        words = connection.execute("SELECT show_trgm('星河湾')").fetchone()
        connection.rollback()
    assert words
    assert words[0], "a ctype without UTF-8 finds no trigrams in Chinese"


def test_no_row_that_was_refused_stands_in_the_log(stack: Servers) -> None:
    """PostgreSQL's DETAIL repeats keys and whole rows, its STATEMENT what was asked."""
    canary = "13866660001"
    with psycopg.connect(stack.environment()["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE refusing (number text UNIQUE CHECK (number <> ''), n int)")
        connection.execute("INSERT INTO refusing VALUES (%s, 1)", [canary])
        for refused in (
            "INSERT INTO refusing VALUES (%s, 2)",
            "INSERT INTO refusing VALUES (left(%s, 0), 3)",
            "INSERT INTO refusing SELECT %s, n + 3 FROM refusing",
        ):
            with pytest.raises(psycopg.IntegrityError) as error:
                connection.execute(refused, [canary])
            assert "DETAIL" in str(error.value)
        connection.execute("DROP TABLE refusing")

    log = (stack.place.logs / "postgres.log").read_text(errors="replace")
    assert log.count("refusing_number_key") == 2
    assert "refusing_number_check" in log
    assert canary not in log
    assert "DETAIL" not in log


def test_a_wrong_password_is_refused_by_both_servers(stack: Servers) -> None:
    port = stack.cluster.port
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host="127.0.0.1", port=port, user="jinke_app", password="x", dbname="jinke")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(host="127.0.0.1", port=stack.doorbell.port, retry=None).ping()


def test_the_servers_listen_on_this_machine_alone(stack: Servers) -> None:
    with stack.cluster.connect() as connection:
        settings = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0]
            for name in ("listen_addresses", "unix_socket_directories", "password_encryption")
        }
    assert settings == {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
    }
    for port in (stack.cluster.port, stack.doorbell.port):
        assert listening_addresses(port) == {"127.0.0.1"}


def listening_addresses(port: int) -> set[str]:
    """The local addresses in state LISTEN (0A) of /proc/net/tcp and tcp6."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state = line.split()[:4]
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                short = len(address) == 8
                found.add(socket.inet_ntoa(bytes.fromhex(address)[::-1]) if short else address)
    return found


def test_passwords_are_in_no_command_line(stack: Servers) -> None:
    secrets = [*stack.cluster.passwords.values(), stack.doorbell.password]
    for pid in (stack.cluster.server_pid(), stack.doorbell.server_pid()):
        assert pid
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not any(secret in line for secret in secrets)
    assert (stack.place.data_dir / "servers.json").stat().st_mode & 0o077 == 0


def test_data_stay_and_ports_are_kept_over_a_restart(demo_place: Place) -> None:
    want = Wanted(durable=False)
    with servers.held(demo_place, want) as first:
        before = first.environment()
        with psycopg.connect(before["DATABASE_OWNER_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '投诉' AS word")
    with servers.held(demo_place, want) as second:
        assert second.environment() == before
        assert ask(before["DATABASE_OWNER_URL"], "SELECT word FROM kept") == "投诉"
        assert not second.cluster.place.throwaway
        owner = "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'jinke_owner'"
        assert ask(before["DATABASE_OWNER_URL"], owner) is False


def test_a_taken_port_is_exchanged_for_another(demo_place: Place) -> None:
    with servers.held(demo_place, Wanted(durable=False)) as first:
        ports = {first.cluster.port, first.doorbell.port}
    with socket.socket() as one, socket.socket() as other:
        for thief, port in zip((one, other), ports, strict=True):
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind(("127.0.0.1", port))
            thief.listen()
        with servers.held(demo_place, Wanted(durable=False)) as second:
            assert ports.isdisjoint({second.cluster.port, second.doorbell.port})
            assert ask(second.environment()["DATABASE_URL"], "SELECT 1") == 1


def test_a_killed_database_is_started_again_on_its_port(demo_place: Place) -> None:
    with servers.held(demo_place, Wanted(durable=False)) as stack:
        port, pid = stack.cluster.port, stack.cluster.server_pid()
        assert pid
        processes.send(pid, processes.signal.SIGKILL)
        assert processes.wait_until(lambda: stack.cluster.server_pid() is None, 60)
        assert stack.look_after() == ["PostgreSQL"]
        assert stack.cluster.port == port
        assert ask(stack.environment()["DATABASE_URL"], "SELECT 1") == 1
        assert stack.look_after() == []


def test_a_killed_redis_is_started_again_on_its_port(demo_place: Place) -> None:
    with servers.held(demo_place, Wanted(postgres=False)) as stack:
        pid = stack.doorbell.server_pid()
        assert pid
        processes.send(pid, processes.signal.SIGKILL)
        assert processes.wait_until(lambda: stack.doorbell.server_pid() is None, 60)
        assert stack.look_after() == ["Redis"]
        assert redis.Redis.from_url(stack.environment()["REDIS_URL"]).ping()


def test_lost_passwords_under_a_database_are_reported(demo_place: Place) -> None:
    with servers.held(demo_place, Wanted(redis=False, durable=False)):
        pass
    state = demo_place.data_dir / "servers.json"
    state.rename(state.with_suffix(".away"))
    with (
        pytest.raises(LaunchError, match="holds the passwords"),
        servers.held(demo_place, Wanted(durable=False)),
    ):
        pass
    state.with_suffix(".away").rename(state)


def test_servers_of_the_user_are_used_and_none_is_started(demo_place: Place) -> None:
    urls = dict.fromkeys(servers.DATABASE_NAMES, "postgres://u:p@db/x")
    want = servers.wanted({**urls, "REDIS_URL": "redis://r"})
    assert want == Wanted(postgres=False, redis=False)
    with servers.held(demo_place, want) as stack:
        assert stack.environment() == {}
    assert not demo_place.database.exists()


def test_half_a_set_of_databases_names_what_is_missing() -> None:
    with pytest.raises(LaunchError) as caught:
        servers.wanted({"DATABASE_URL": "postgres://x"})
    for name in ("DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL"):
        assert name in str(caught.value)
