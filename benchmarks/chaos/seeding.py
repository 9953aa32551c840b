"""The company in which things go wrong: few people, a ladder in seconds, and tickets whose levels
fall while a fault lasts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import psycopg
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate

from benchmarks.chaos.receivers import DINGTALK_SECRET
from complaints.enums import Basis, ClockKind, StepEffect
from complaints.models import LadderStep, Policy, PolicyDuration, RoutingRule
from complaints.services import policy_versions
from core.actors import SYSTEM
from core.clock import database_now
from demo.services import company, people
from demo.services.people import Resident
from jinke_desk.launcher.ports import HOST
from notifications.channels import sms
from notifications.enums import Channel
from notifications.services import endpoints
from notifications.services.endpoints import NewEndpoint
from organisation.models import Dwelling, Post, Role, Staff, Unit
from organisation.services.calendars import default_calendar
from privacy.vault.services import recipients
from residents.services import devices

COMMUNITIES, RESIDENTS, CALLERS = 4, 30, 12
POLICY = "chaos"
#: what the webhook hears; levels are told to the robots, which say many at once
ANNOUNCED = ("ticket.received", "ticket.accepted", "ticket.started", "ticket.resolved")
#: warnings by percent of two minutes or of one, then the whole ladder at due and a minute after
LADDER: tuple[tuple[int | None, int | None, str | None, StepEffect], ...] = (
    (5, None, None, StepEffect.INFORM),
    (10, None, "project_manager", StepEffect.INFORM),
    (15, None, "region_service_head", StepEffect.CO_OWN),
    (20, None, "region_general_manager", StepEffect.TAKE_OVER),
    (None, 0, "group_executive", StepEffect.INFORM),
    (None, 1, "group_executive", StepEffect.TAKE_OVER),
)
MINUTES = {ClockKind.ACKNOWLEDGE: 1, ClockKind.FIRST_RESPONSE: 1, ClockKind.RESOLVE: 2}

_TICKETS = """
WITH place AS (
    SELECT unit.id AS unit_id, min(post.id) AS post_id,
           row_number() OVER (ORDER BY unit.id) - 1 AS place, count(*) OVER () AS places
    FROM organisation_unit unit
    JOIN organisation_post post ON post.unit_id = unit.id
    JOIN organisation_role role ON role.id = post.role_id AND role.code = 'steward'
    GROUP BY unit.id
),
promise AS (
    SELECT policy.id AS policy_id, step.percent * duration.duration_minutes * interval '0.6 s' AS
           first_after, duration.duration_minutes * interval '1 minute' AS whole
    FROM complaints_policy policy
    JOIN complaints_policyduration duration ON duration.policy_id = policy.id
         AND duration.clock_kind = 'resolve'
    JOIN complaints_ladderstep step ON step.policy_id = policy.id
         AND step.clock_kind = 'resolve' AND step.level = 0
    WHERE policy.code = %(policy)s ORDER BY policy.version DESC LIMIT 1
),
fresh AS (
    SELECT nextval(pg_get_serial_sequence('complaints_ticket', 'id')) AS id,
           clock_timestamp() - %(ago)s * interval '1 second'
           + n * %(over)s * interval '1 second' / %(count)s AS fires_at, n
    FROM generate_series(0, %(count)s - 1) AS n
),
ticket AS (
    INSERT INTO complaints_ticket (
        id, public_id, reference, version, kind, category_id, severity, channel, state, unit_id,
        post_id, policy_id, cycle, received_at, recorded_at, next_step_at, source, source_key)
    SELECT fresh.id, gen_random_uuid(), 'seed' || fresh.id, 1, 'complaint',
           (SELECT id FROM complaints_category WHERE code = 'noise'), 'ordinary', 'hotline',
           'in_progress', place.unit_id, place.post_id, promise.policy_id, 1,
           fresh.fires_at - promise.first_after, clock_timestamp(), fresh.fires_at, '', ''
    FROM promise, fresh JOIN place ON place.place = fresh.n %% place.places
    RETURNING *
),
history AS (
    INSERT INTO complaints_historicalticket (
        {columns}, history_date, history_type, history_change_reason)
    SELECT {columns}, clock_timestamp(), '+', 'seed' FROM ticket
)
INSERT INTO complaints_ticketclock (
    ticket_id, kind, cycle, policy_id, state, started_at, due_at, provisional, next_level,
    next_fire_at)
SELECT ticket.id, 'resolve', 1, ticket.policy_id, 'running', ticket.received_at,
       ticket.received_at + promise.whole, false, 0, ticket.next_step_at
FROM ticket, promise
"""
_COLUMNS = """
SELECT string_agg(quote_ident(history.attname), ', ')
FROM pg_attribute history JOIN pg_attribute ticket
     ON ticket.attrelid = 'complaints_ticket'::regclass AND ticket.attname = history.attname
WHERE history.attrelid = 'complaints_historicalticket'::regclass AND history.attnum > 0
  AND NOT history.attisdropped AND NOT ticket.attisdropped
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A resident with a device token and a home to report about."""

    token: str
    dwelling: str


@dataclass(slots=True)
class World:
    callers: list[Caller] = field(default_factory=list)
    #: cookie of somebody who may handle every ticket
    session: str = ""


def build(say: Callable[[str], object]) -> World:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_reference")
    random, at = Random(2020), database_now()
    built = company.build(COMMUNITIES, random)
    homes = people.build_homes(built.communities, RESIDENTS)
    known = people.build_residents(homes, RESIDENTS, random=random, at=at, say=lambda words: None)
    _ladder_in_seconds()
    world = World(_callers(known), _handler_session())
    connection.close()
    say(f"{len(built.communities)} communities, {len(known)} residents, a ladder in seconds")
    return world


def _ladder_in_seconds() -> None:
    roles = {role.code: role for role in Role.objects.all()}
    policy = Policy(
        code=POLICY,
        name="混乱测试",
        name_en="Chaos",
        calendar=default_calendar(),
        effective_from=database_now(),
    )
    durations = [
        PolicyDuration(clock_kind=kind, duration_minutes=minutes, basis=Basis.WALL)
        for kind, minutes in MINUTES.items()
    ]
    ladder = [
        LadderStep(
            clock_kind=kind,
            level=level,
            percent=percent,
            after_minutes=after,
            role=roles[role] if role else None,
            effect=effect,
        )
        for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)
        for level, (percent, after, role, effect) in enumerate(LADDER)
    ]
    policy_versions.create(policy, durations, ladder)
    RoutingRule.objects.create(
        position=-1, kind="complaint", category_code="noise", policy_code=POLICY
    )


def _callers(residents: list[Resident]) -> list[Caller]:
    chosen, at = residents[:CALLERS], database_now()
    named = dict(
        Dwelling.objects.filter(pk__in=[each.home.dwelling_id for each in chosen]).values_list(
            "pk", "public_id"
        )
    )
    return [
        Caller(devices.issue(each.subject_id, at=at).token, str(named[each.home.dwelling_id]))
        for each in chosen
    ]


def _handler_session() -> str:
    """Somebody with a steward's rights at the top of the tree."""
    steward = Role.objects.get(code="steward")
    role = Role.objects.create(
        code="chaos_handler", name="处理", name_en="Handler", permissions=steward.permissions
    )
    staff = Staff.objects.create(username="chaos", name="处理人", password="!")  # noqa: S106
    top = Unit.objects.order_by("depth", "path")[0]
    Post.objects.create(unit=top, role=role, holder=staff, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(staff, backend="organisation.auth.PostBackend")
    return str(client.cookies["sessionid"].value)


def listen(ports: Mapping[str, int]) -> str:
    """Who hears of it by HTTP: a robot of each maker of all escalations, a webhook of all acts, and
    by short message whoever reported. Returns the webhook's secret."""
    at = database_now()
    today = localdate(at)
    recipients.register(
        sms.RECIPIENT,
        name="短信网关",
        contract="-",
        assessment="-",
        scope=["phone"],
        from_on=today,
        until_on=today + timedelta(days=2),
        actor=SYSTEM,
        at=at,
    )
    top = Unit.objects.order_by("depth", "path")[0]
    for channel, secret in ((Channel.WECOM, ""), (Channel.DINGTALK, DINGTALK_SECRET)):
        address = f"http://{HOST}:{ports[channel]}/robot?key=chaos"
        robot = NewEndpoint(channel, channel.value, address, top, secret=secret, below=True)
        endpoints.create(robot, actor=SYSTEM, at=at)
    address = f"http://{HOST}:{ports[Channel.WEBHOOK]}/hook"
    webhook = NewEndpoint(Channel.WEBHOOK, "webhook", address, top, event_kinds=ANNOUNCED)
    secret = endpoints.create(webhook, actor=SYSTEM, at=at)[1]
    connection.close()
    return secret


def csrf_token() -> str:
    return secrets.token_hex(16)


def seed(owner_url: str, count: int, *, policy: str = POLICY, ago: float, over: float) -> None:
    """Tickets in progress whose first level falls from `ago` seconds before now on, the last one
    `over` seconds after the first. Written past the product, as its owner."""
    values = {"count": count, "policy": policy, "ago": ago, "over": over}
    with psycopg.connect(owner_url) as owner:
        columns = owner.execute(_COLUMNS).fetchall()[0][0]
        owner.execute(_TICKETS.format(columns=columns), values)
        owner.commit()
        owner.autocommit = True
        owner.execute("ANALYZE complaints_ticket, complaints_ticketclock")
