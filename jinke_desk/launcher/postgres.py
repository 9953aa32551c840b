"""An embedded PostgreSQL: created, started and stopped without any tool of the distribution."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from jinke_desk.launcher import binaries, ports, processes
from jinke_desk.launcher.demo_env import write_private
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import Place
from jinke_desk.launcher.ports import HOST

SUPERUSER, OWNER, APPLICATION = "postgres", "jinke_owner", "jinke_app"
DATABASES = ("jinke", "jinke_keys")
_PORT_LINE = 3  # of postmaster.pid
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0

# Terse and panic: PostgreSQL's log would otherwise carry the values of refused rows.
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "lc_messages": "C",
    "max_wal_size": "2GB",
}
_IN_A_HURRY = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
_ACCESS = f"host all all {HOST}/32 scram-sha-256\n"


@dataclass
class Cluster:
    """One data folder with its server. `durable` false gives up safety for speed, in tests."""

    place: Place
    passwords: dict[str, str]
    port: int
    origin: binaries.Origin | None = None
    durable: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return self.place.database

    def url(self, role: str, database: str) -> str:
        password = quote(self.passwords[role], safe="")
        return f"postgres://{role}:{password}@{HOST}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=self.passwords[SUPERUSER],
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def answers(self) -> bool:
        """Tell whether our own server listens: no other one knows this password."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self) -> None:
        """Run initdb beside the final place, so that a broken start leaves nothing half made."""
        if (self.folder / "PG_VERSION").exists():
            return
        programs = self._programs()
        draft = self.folder.with_name("pg.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.place.account.make_folder(draft)
        secret = self.folder.with_name("pg.password")
        write_private(secret, self.passwords[SUPERUSER])
        self.place.account.give(secret, 0o600)
        try:
            self._initdb(programs, draft, secret)
        finally:
            secret.unlink()
        draft.rename(self.folder)

    def _initdb(self, programs: binaries.Postgres, draft: Path, secret: Path) -> None:
        command: list[str | Path] = [self._path(programs, "initdb"), "-D", draft, "-U", SUPERUSER]
        command += ["-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"]
        command += _locale_arguments(programs.major)
        command += [] if self.durable else ["--no-sync"]
        done = subprocess.run(
            command,
            cwd=self.place.home,
            env=processes.server_environment(self.place),
            capture_output=True,
            text=True,
            check=False,
            **self.place.account.popen_arguments(),
        )
        if done.returncode:
            raise LaunchError(f"PostgreSQL could not create {self.folder}:\n{done.stderr.strip()}")

    def adopt(self) -> None:
        """Learn the port of a server that already runs here, waiting for one that is starting."""
        if self.server_pid() is None:
            return
        processes.wait_until(self._starts_no_more, _START_SECONDS)

    def _starts_no_more(self) -> bool:
        lines = _lines(self.folder / "postmaster.pid")
        if len(lines) > _PORT_LINE and lines[_PORT_LINE].strip().isdigit():
            self.port = int(lines[_PORT_LINE])
        return self.server_pid() is None or (self.port > 0 and self.answers())

    def start(self) -> None:
        """Start the server and wait until it answers; safe after a kill -9 of anything."""
        self._configure()
        command: list[str | Path] = [self._path(self._programs(), "postgres"), "-D", self.folder]
        deadline = time.monotonic() + _START_SECONDS
        pause = 0.2
        # A killed server leaves a lock and shared memory that its last children still hold.
        while not self._start_once(command, deadline):
            if time.monotonic() + pause > deadline or not ports.is_free(self.port):
                words = "\n".join(_lines(self.place.logs / "postgres.log")[-8:])
                raise LaunchError(f"PostgreSQL did not start. Its last words:\n{words}")
            time.sleep(pause)
            pause = min(pause * 2, 5)

    def _start_once(self, command: list[str | Path], deadline: float) -> bool:
        self._drop_stale_lock()
        self.process = process = processes.start_server(
            command, place=self.place, log="postgres.log"
        )
        processes.wait_until(
            lambda: process.poll() is not None or self.answers(), deadline - time.monotonic()
        )
        return process.poll() is None and self.answers()

    def stop(self) -> None:
        """Stop whoever serves this folder, started by us or by a holder that is gone."""
        pid = self.server_pid()
        if pid is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            processes.send(pid, how)
            if processes.wait_until(lambda: self._is_gone(pid), _STOP_SECONDS):
                return

    def server_pid(self) -> int | None:
        """Return the process in postmaster.pid if it lives and is really this server."""
        pid = self._locked_by()
        if pid is None or not processes.is_alive(pid):
            return None
        ours = processes.works_in(pid, self.folder)
        return pid if (self.answers() if ours is None else ours) else None

    def _locked_by(self) -> int | None:
        lines = _lines(self.folder / "postmaster.pid")
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    def _drop_stale_lock(self) -> None:
        """Remove a lock whose number now belongs to a dead or to another process.

        PostgreSQL itself only asks whether the number is taken, and would refuse for ever where a
        killed server is never collected (a container without init) or the number was given anew.
        """
        pid = self._locked_by()
        if pid is None or (self.process and self.process.poll() is None):
            return
        if not processes.is_alive(pid) or processes.works_in(pid, self.folder) is False:
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _is_gone(self, pid: int) -> bool:
        if self.process and self.process.pid == pid:
            return self.process.poll() is not None
        return not processes.is_alive(pid)

    def _configure(self) -> None:
        settings = {**_SETTINGS, "port": str(self.port), **({} if self.durable else _IN_A_HURRY)}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        for name, text in (("postgresql.conf", "".join(lines)), ("pg_hba.conf", _ACCESS)):
            write_private(self.folder / name, text)
            self.place.account.give(self.folder / name, 0o600)

    def ensure_roles_and_databases(self) -> None:
        """Create what is missing. Neither role is a superuser; the owner owns, the other runs.

        Only in a throw-away folder may the owner create databases: the test runner needs that.
        """
        with self.connect() as connection:
            for role in (OWNER, APPLICATION):
                _ensure_role(connection, role, self.passwords[role])
            if self.place.throwaway:
                connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
            for name in DATABASES:
                _ensure_database(connection, name)

    def _programs(self) -> binaries.Postgres:
        return binaries.choose_postgres(self.folder, self.origin)

    def _path(self, programs: binaries.Postgres, name: str) -> Path:
        place = self.place
        return binaries.within_reach(
            programs.folder / name, programs.root, place.home, place.account
        )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _locale_arguments(major: int) -> list[str]:
    """Chinese text needs a UTF-8 ctype, or the trigrams of Chinese words are empty."""
    libc = ["--locale=C.UTF-8"]
    if major < 17:
        return libc
    return [*libc, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(role), sql.Literal(password)
        )
    )


def _ensure_database(connection: psycopg.Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
    )
