"""Telephones that ring in the demo: over the real API, with a key of an exchange of its own."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

from core.actors import SYSTEM
from core.clock import database_now
from core.models import MachineKey
from organisation.models import Staff, Unit
from organisation.services import machine_keys
from organisation.services.machine_keys import NewKey
from residents.enums import ContactKind
from residents.models import ContactPoint, KeyAccount, KeyAccountContact, Person
from residents.services import contacts

NAME: Final = "演示电话交换机"
HOTLINE: Final = "4000000000"
KINDS: Final = ("known", "shared", "unknown", "account")
SOME: Final = 200

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Caller:
    kind: str
    number: str
    called: str = HOTLINE


@dataclass(frozen=True, slots=True)
class Pace:
    """How often it rings, how long, and how long one talks; seconds."""

    between: float
    ringing: float
    talking: float


class Exchange:
    """The HTTP side of an exchange: what it reports is what any other would."""

    def __init__(self, address: str, key: str) -> None:
        self.address, self.key = address.rstrip("/"), key

    def report(self, call_id: str, state: str, caller: Caller, agent: str) -> dict[str, Any]:
        body = {
            "call_id": call_id,
            "state": state,
            "caller": caller.number,
            "called": caller.called,
            "agent": agent,
            "at": database_now().isoformat(),
        }
        request = urllib.request.Request(  # noqa: S310  # the desk's own address
            f"{self.address}/api/v1/calls/",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            said: dict[str, Any] = json.load(answer)
        return said


def key_for(at: datetime) -> str:
    """The exchange's key with a fresh secret; a run that is under way goes on with the former."""
    until = at + timedelta(days=30)
    known = MachineKey.objects.filter(name=NAME, revoked_at__isnull=True).first()
    if known is not None:
        overlap = timedelta(hours=1)
        return machine_keys.rotate(
            known, expires_at=until, overlap=overlap, actor=SYSTEM, at=at
        ).text
    root = Unit.objects.get(depth=1)
    new = NewKey(NAME, ["calls.report"], [root.code], until)
    return machine_keys.issue(new, actor=SYSTEM, at=at).text


def callers(kinds: Sequence[str], random: Random) -> Iterator[Caller]:
    """Without end. A shared number is made by giving somebody's number to somebody else, too."""
    make = {
        "known": lambda: Caller("known", _number_of(_somebody(random))),
        "shared": lambda: Caller("shared", _shared_number(random)),
        "unknown": lambda: Caller("unknown", f"199{random.randrange(10**8):08d}"),
        "account": lambda: _of_account(random),
    }
    while True:
        yield make[random.choice(kinds)]()


def ring(
    exchange: Exchange,
    agents: Sequence[str],
    lines: Iterator[Caller],
    *,
    pace: Pace,
    count: int,
    say: Say,
) -> int:
    """Ring one call after the other, round the agents; returns how many rang."""
    for number in range(count):
        agent, caller, call_id = agents[number % len(agents)], next(lines), f"demo-{uuid4().hex}"
        exchange.report(call_id, "ringing", caller, agent)
        say(f"{number + 1}: {caller.kind} → {agent}")
        time.sleep(pace.ringing)
        exchange.report(call_id, "answered", caller, agent)
        time.sleep(pace.talking)
        exchange.report(call_id, "ended", caller, agent)
        if number + 1 < count:
            time.sleep(pace.between)
    return count


def agents_named(names: Sequence[str]) -> list[str]:
    """Those of them that work here."""
    known = Staff.objects.filter(username__in=names, is_active=True)
    return sorted(known.values_list("username", flat=True))


def _somebody(random: Random) -> UUID:
    ids = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:SOME])
    return random.choice(ids)


def _number_of(subject_id: UUID) -> str:
    return contacts.texts_of(subject_id)[ContactKind.PHONE][0]


def _shared_number(random: Random) -> str:
    first, second = _somebody(random), _somebody(random)
    number = _number_of(first)
    if not ContactPoint.objects.filter(subject_id=second, kind=ContactKind.PHONE).count() > 1:
        contacts.add(second, contacts.phone_address(number))
    return number


def _of_account(random: Random) -> Caller:
    """Somebody who speaks for a key account, on its own line where it has one."""
    account = random.choice(list(KeyAccount.objects.order_by("pk")))
    speakers = KeyAccountContact.objects.filter(account=account).values_list("subject", flat=True)
    number = _number_of(random.choice(list(speakers))) if speakers else ""
    return Caller("account", number, account.line_number or HOTLINE)
