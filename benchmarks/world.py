"""The company that is measured: seeded by COPY in two sizes, beside the floor's own rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from django.core.management import call_command
from django.db import connections
from django.test import Client
from psycopg import sql

from benchmarks.options import Size
from core.clock import database_now
from demo.services import company, loading, people, tickets
from demo.services.people import Home, Resident
from demo.services.setting import setting_of
from jinke_desk.launcher.places import PROJECT
from organisation.models import Dwelling, Post, Staff
from residents.services import devices

SEED = 2020
CALLERS = 200
SIGNED_IN = ("hotline_agent", "steward", "project_manager", "quality_manager", "group_executive")
SMALL, SMALL_KEYS, FLOOR = "jinke_small", "jinke_small_keys", "jinke_floor"
FLOOR_TOKEN = "f" * 40

_FLOOR_TICKETS = """
COPY (
    SELECT ticket.public_id, ticket.reference, ticket.kind, category.code, ticket.severity,
           ticket.channel, ticket.state, left(coalesce(summary.body, ''), 120),
           coalesce(body.body, ''), unit.name, ticket.received_at, first.due_at, resolve.due_at
    FROM complaints_ticket ticket
    JOIN complaints_category category ON category.id = ticket.category_id
    JOIN organisation_unit unit ON unit.id = ticket.unit_id
    LEFT JOIN complaints_textentry summary
           ON summary.ticket_id = ticket.id AND summary.role = 'summary'
    LEFT JOIN complaints_textentry body ON body.ticket_id = ticket.id AND body.role = 'body'
    LEFT JOIN complaints_ticketclock first
           ON first.ticket_id = ticket.id AND first.kind = 'first_response'
    LEFT JOIN complaints_ticketclock resolve
           ON resolve.ticket_id = ticket.id AND resolve.kind = 'resolve'
    ORDER BY ticket.id
) TO STDOUT
"""
_TO_FLOOR = """
COPY floor_ticket (public_id, reference, kind, category, severity, channel, state, summary, body,
                   unit, received_at, first_response_due_at, resolve_due_at) FROM STDIN
"""
_FLOOR_PEOPLE = """
INSERT INTO floor_person (blind_index, name, home)
SELECT sha256(convert_to('p' || n, 'UTF8')), '王伟' || n, '星河湾 1 栋 101'
FROM generate_series(0, %s - 1) AS n
"""
_FLOOR_LOGIN = """
WITH person AS (
    INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active, first_name,
                           last_name, email, date_joined)
    VALUES ('floor', '!', false, false, true, '', '', '', now()) RETURNING id
)
INSERT INTO authtoken_token (key, user_id, created) SELECT %s, id, now() FROM person
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A resident with a device token and a home to report about."""

    token: str
    dwelling: str
    subject_id: UUID


@dataclass(slots=True)
class World:
    """What the works need to ask; `ours`, `small` and `floor` are environments of web servers."""

    ours: dict[str, str]
    small: dict[str, str]
    floor: dict[str, str]
    callers: list[Caller] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


Say = Callable[[str], object]


def build(size: Size, environ: Mapping[str, str], say: Say) -> World:
    """Migrate, seed the smaller size, copy it, seed the rest, and the floor the same."""
    world = World(
        ours=dict(environ),
        small=_small(environ),
        floor={
            **environ,
            "FLOOR_DATABASE_URL": _renamed(environ["DATABASE_OWNER_URL"], FLOOR),
            "DJANGO_SETTINGS_MODULE": "benchmarks.floor.settings",
        },
    )
    with _timed(world, "tables and reference data", say):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_reference")
    _seed(world, size, say)
    with _timed(world, "the floor's rows", say):
        _build_floor(world, size.residents)
    with _timed(world, "vacuum and analyze", say):
        _vacuum(environ["DATABASE_OWNER_URL"])
        _vacuum(world.floor["FLOOR_DATABASE_URL"])
    return world


def _small(environ: Mapping[str, str]) -> dict[str, str]:
    """The same desk on databases, and beside a ledger, of its own."""
    names = {"DATABASE_URL": SMALL, "DATABASE_OWNER_URL": SMALL}
    names |= {"KEYS_DATABASE_URL": SMALL_KEYS, "KEYS_DATABASE_OWNER_URL": SMALL_KEYS}
    renamed = {name: _renamed(environ[name], database) for name, database in names.items()}
    return {**environ, **renamed, "LEDGER_DIR": f"{environ['LEDGER_DIR']}-small"}


@contextmanager
def _timed(world: World, what: str, say: Say) -> Iterator[None]:
    begun = time.monotonic()
    yield
    world.seconds[what] = round(time.monotonic() - begun, 1)
    say(f"{what}: {world.seconds[what]:.1f} s")


def _seed(world: World, size: Size, say: Say) -> None:
    random, at = Random(SEED), database_now()
    with _timed(world, "company and dwellings", say):
        built = company.build(loading.Size(size.residents, size.tickets).communities, random)
        homes = people.build_homes(built.communities, size.residents)
        random.shuffle(homes)  # residents of the smaller size live all over the company too
    with _timed(world, f"{size.few_residents:,} residents, {size.few_tickets:,} tickets", say):
        known = people.build_residents(homes, size.few_residents, random=random, at=at, say=_hush)
        people.build_key_accounts(built.communities, known)
        posts = list(Post.objects.select_related("role", "unit"))
        setting = setting_of(posts, built.communities, at, random)
        tickets.build_tickets(known, size.few_tickets, setting=setting, say=_hush)
        world.callers = _callers(known)
        world.sessions = {role: _session(role) for role in SIGNED_IN}
        _vacuum(world.ours["DATABASE_OWNER_URL"])
        _copy_database(world.ours["DATABASE_OWNER_URL"], SMALL)
        _copy_database(world.ours["KEYS_DATABASE_OWNER_URL"], SMALL_KEYS)
        shutil.copytree(world.ours["LEDGER_DIR"], world.small["LEDGER_DIR"])
    more = size.residents - size.few_residents
    with _timed(world, f"{more:,} more residents", say):
        known += _more_residents(homes, size, random)
    more = size.tickets - size.few_tickets
    with _timed(world, f"{more:,} more tickets", say):
        tickets.build_tickets(known, more, setting=setting, say=_hush)


def _more_residents(homes: list[Home], size: Size, random: Random) -> list[Resident]:
    return people.build_residents(
        homes,
        size.residents - size.few_residents,
        first=size.few_residents,
        random=random,
        at=database_now(),
        say=_hush,
    )


def _hush(words: str) -> None:
    """The total is said at the end."""


def _callers(residents: list[Resident]) -> list[Caller]:
    chosen, at = residents[:CALLERS], database_now()
    named = dict(
        Dwelling.objects.filter(pk__in=[each.home.dwelling_id for each in chosen]).values_list(
            "pk", "public_id"
        )
    )
    return [
        Caller(
            devices.issue(each.subject_id, at=at).token,
            str(named[each.home.dwelling_id]),
            each.subject_id,
        )
        for each in chosen
    ]


def _session(role: str) -> str:
    """The cookie of somebody who holds such a post."""
    staff = Staff.objects.filter(posts__role__code=role).order_by("pk")[0]
    client = Client()
    client.force_login(staff, backend="organisation.auth.PostBackend")
    return f"sessionid={client.cookies['sessionid'].value}"


def _renamed(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _copy_database(owner_url: str, name: str) -> None:
    """A copy of the product's database as it is now. Nobody may be connected to it meanwhile."""
    connections.close_all()
    template = urlsplit(owner_url).path.lstrip("/")
    with psycopg.connect(_renamed(owner_url, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _vacuum(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _build_floor(world: World, residents: int) -> None:
    url = world.floor["FLOOR_DATABASE_URL"]
    with psycopg.connect(_renamed(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(FLOOR)))
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        cwd=PROJECT,
        env={**os.environ, **world.floor},
        check=True,
    )
    with (
        psycopg.connect(world.ours["DATABASE_OWNER_URL"]) as source,
        psycopg.connect(url) as floor,
    ):
        with (
            source.cursor().copy(_FLOOR_TICKETS) as rows,
            floor.cursor().copy(_TO_FLOOR) as target,
        ):
            for chunk in rows:
                target.write(chunk)
        floor.execute(_FLOOR_PEOPLE, [residents])
        floor.execute(_FLOOR_LOGIN, [FLOOR_TOKEN])
