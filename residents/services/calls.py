"""Calls as exchanges report them, and for whom they ring."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, Func, OuterRef, Q, Value
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from core.actors import Actor, ActorKind
from core.errors import InvalidInput, NotAllowed, NotFound
from core.masking import mask_phone
from core.phone import PhoneInvalid, as_dialled
from organisation import access
from organisation.models import Post, Staff
from privacy.vault.registry import field_label
from privacy.vault.services import envelopes
from residents.enums import CallDirection, CallState
from residents.models import Call, KeyAccount
from residents.services import accounts, contacts, people
from residents.services.contacts import Address
from residents.services.people import LOOKUP, CallerMatch

REPORT: Final = "calls.report"
NUMBER: Final = field_label(Call, "number_sealed")
#: a call whose end is never reported does not ring for ever
LONGEST_CALL: Final = timedelta(hours=4)
#: how long a call that is over waits for its ticket, and its draft is kept
DRAFTS_KEPT: Final = timedelta(hours=24)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
LATE: Final = timedelta(days=1)
_CALL_ID: Final = re.compile(r"[\w.:@-]{1,64}", re.ASCII)
_DIGITS_OF_WORK_PHONE: Final = Func(
    "work_phone", Value("[^0-9]"), Value(""), Value("g"), function="regexp_replace",
    output_field=CharField(),
)  # fmt: skip
_NUMBER: Final = re.compile(r"[0-9 ()+-]+", re.ASCII)
_MOMENT: Final = {
    CallState.RINGING: "rang_at",
    CallState.ANSWERED: "answered_at",
    CallState.ENDED: "ended_at",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an exchange says of a call. `caller` and `called` are numbers as it writes them; `agent`
    is a user name or a work telephone, empty while nobody is rung yet."""

    call_id: str
    state: CallState
    direction: CallDirection
    caller: str
    called: str
    agent: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    call: Call
    created: bool


def report(said: Report, *, actor: Actor, at: datetime) -> Reported:
    """Write down what the exchange said; the same again changes nothing.

    States may come in any order. A later report that names somebody else moves the call to them, as
    a transfer does. Raises NotAllowed, or InvalidInput beside the field.
    """
    access.require(actor, REPORT)
    if actor.kind is not ActorKind.MACHINE:
        raise NotAllowed
    _check(said, at)
    agent = _agent(said.agent, actor) if said.agent else None
    with transaction.atomic():
        call, created = Call.objects.get_or_create(
            exchange_id=actor.machine_id, call_id=said.call_id, defaults=_new(said, actor)
        )
        if not created:
            call = Call.objects.select_for_update().get(pk=call.pk)
        if _take(call, said, agent):
            call.save()
    return Reported(call, created)


def of_agent(public_id: UUID, *, actor: Actor, at: datetime) -> Call:
    """Raises NotFound for a call of somebody else, or one that is dealt with or too old."""
    call = Call.objects.visible_to(actor).waiting(at).filter(public_id=public_id).first()
    if call is None:
        raise NotFound(_("这次来电已处理，或已过期。"))
    return call


def of_matter(public_id: UUID, *, actor: Actor, at: datetime) -> Call:
    """The call in which something is told, also one that is dealt with: people ring up about more
    than one thing. Raises NotFound for a call of somebody else, or one that is too old."""
    call = Call.objects.visible_to(actor).at_hand(at).filter(public_id=public_id).first()
    if call is None:
        raise NotFound(_("这次来电已处理，或已过期。"))
    return call


def proof_of(call: Call, *, actor: Actor) -> str:
    """That this agent had the call on their screen, which a transfer does not undo: the call's id
    alone, which the exchange and other agents know too, would make anybody's words the account's.
    """
    return _proof(call.public_id, actor)


def account_rung(public_id: UUID, proof: str, *, actor: Actor, at: datetime) -> KeyAccount | None:
    """Whose own line rang in a call that has gone on to another agent since: what is still written
    down of it by who had it is that account's."""
    if not constant_time_compare(proof, _proof(public_id, actor)):
        return None
    call = Call.objects.at_hand(at).filter(public_id=public_id).first()
    return account_of(call) if call is not None else None


def take_up(public_id: UUID, *, actor: Actor, at: datetime) -> Call:
    """It is about something more: it waits for its next ticket. Raises NotFound as `of_matter`."""
    call = of_matter(public_id, actor=actor, at=at)
    # what was made nobody's in between stays so
    Call.objects.at_hand(at).filter(pk=call.pk).update(settled_at=None)
    return call


def callers_of(call: Call, *, actor: Actor) -> list[CallerMatch]:
    """Who this may be: the one whom the agent has found out, or everybody at the number.

    Raises NotAllowed.
    """
    access.require(actor, LOOKUP)
    if call.subject_id is not None:
        return [people.as_seen(match, actor) for match in people.describe([call.subject_id])]
    if call.number_index is None:
        return []
    return people.look_up_index(bytes(call.number_index), actor=actor)


def account_of(call: Call) -> KeyAccount | None:
    """The key account whose own line was called."""
    return accounts.match(line_number=call.line) if call.line else None


def last_before(call: Call) -> Call | None:
    """The latest call from the same number before this one, with who took it."""
    if call.number_index is None:
        return None
    same = Call.objects.filter(number_index=call.number_index, began_at__lte=call.began_at)
    return same.exclude(pk=call.pk).select_related("staff").order_by("-began_at", "-pk").first()


def number_of(call: Call) -> str:
    """The other party's number in clear, for services alone; empty when it is not known."""
    if call.number_sealed is None:
        return ""
    return envelopes.reveal(call.public_id, NUMBER, call.number_sealed)


def masked_number(call: Call) -> str:
    number = number_of(call)
    return mask_phone(number) if number else ""


def identify(call: Call, subject_id: UUID | None) -> None:
    """Who it turned out to be, as far as the agent knows by now."""
    if call.subject_id != subject_id:
        call.subject_id = subject_id
        call.save(update_fields=["subject"])


def settle(call: Call, *, at: datetime, nameless: bool = False) -> None:
    """A ticket was made of it, or none is needed: it rings no longer, and its draft is gone.

    Of a report in nobody's name (`nameless`) the call keeps no number and no line either: with the
    time they would lead to who made it.
    """
    call.settled_at, call.draft_sealed = at, None
    if nameless:
        call.number_sealed = call.number_index = call.subject_id = None
        call.line = ""
    call.save(
        update_fields=[
            "settled_at", "draft_sealed", "number_sealed", "number_index", "subject", "line",
        ]
    )  # fmt: skip


def expiry(call: Call) -> datetime:
    """Until when the call waits for its agent."""
    if call.ended_at is None:
        return call.began_at + LONGEST_CALL
    dealt_with = call.answered_at is not None or call.draft_sealed is not None
    return call.ended_at + DRAFTS_KEPT if dealt_with else call.ended_at


def _proof(public_id: UUID, actor: Actor) -> str:
    said = f"{public_id.hex}:{actor.staff_id}"
    return salted_hmac("residents.call", said, algorithm="sha256").hexdigest()


def _check(said: Report, at: datetime) -> None:
    if not _CALL_ID.fullmatch(said.call_id):
        raise InvalidInput(fields={"call_id": [_("最多 64 个字母、数字或 . : @ - _。")]})
    digits = re.sub(r"\D", "", _outside(said))[-8:]
    if len(digits) >= 7 and digits in said.call_id:
        raise InvalidInput(fields={"call_id": [_("通话编号中不要带电话号码。")]})
    if not at - LATE <= said.occurred_at <= at + CLOCKS_DIFFER:
        raise InvalidInput(fields={"at": [_("时间应在最近一天之内，且不在将来。")]})


def _outside(said: Report) -> str:
    return as_dialled(said.caller if said.direction is CallDirection.INBOUND else said.called)


def _new(said: Report, actor: Actor) -> dict[str, object]:
    call = Call(
        direction=said.direction,
        line=_known_line(_inside(said), actor),
        began_at=said.occurred_at,
        expires_at=said.occurred_at + LONGEST_CALL,
    )
    address = _address(_outside(said))
    if address is not None:
        call.number_sealed = envelopes.seal(call.public_id, NUMBER, address.text)
        call.number_index = address.index
    names = (
        "public_id", "direction", "line", "began_at", "expires_at", "number_sealed", "number_index",
    )  # fmt: skip
    return {name: getattr(call, name) for name in names}


def _inside(said: Report) -> str:
    return as_dialled(said.called if said.direction is CallDirection.INBOUND else said.caller)


def _known_line(number: str, actor: Actor) -> str:
    """A line that leads to a key account in the exchange's units. Any other is not kept: an
    exchange that mixes up caller and called would have somebody's number stand here in clear, and
    one of another region would make its calls matters of an account that it has nothing to do
    with."""
    line = accounts.normal_line(number)
    leading = KeyAccount.objects.filter(line_number=line)
    scope = access.scope(actor, REPORT)
    if not scope.everything:
        near = scope.q("communities") | scope.q("manager__unit") | Q(communities__isnull=True)
        leading = leading.filter(near)
    return line if line and leading.exists() else ""


def _address(number: str) -> Address | None:
    """None for a withheld number or one that nobody could call back: it rings all the same."""
    try:
        return contacts.phone_address(number)
    except PhoneInvalid:
        return None


def _agent(named: str, actor: Actor) -> Staff:
    """By user name, which is one person's, or else by work telephone, of which an exchange writes
    the digits alone. Raises InvalidInput for who is not there, not unique, or outside the
    exchange's units."""
    reach = access.scope(actor, REPORT).q("unit")
    posts = Post.objects.in_force_for(OuterRef("pk")).filter(reach)
    wanted = Q(username=named) | Q(work_phone=named)
    if _NUMBER.fullmatch(named) and (digits := re.sub(r"\D", "", named)):
        wanted |= Q(work_digits=digits)
    rows = Staff.objects.annotate(work_digits=_DIGITS_OF_WORK_PHONE).filter(is_active=True)
    rows = rows.filter(wanted, Exists(posts)).annotate(is_name=Q(username=named))
    found = list(rows.order_by("-is_name", "pk")[:2])
    if not found or (len(found) > 1 and found[0].username != named):
        raise InvalidInput(fields={"agent": [_("没有这名坐席，或分机号不唯一。")]})
    return found[0]


def _take(call: Call, said: Report, agent: Staff | None) -> bool:
    """Put the report into the row; whether anything is new."""
    before = (call.staff_id, call.rang_at, call.answered_at, call.ended_at)
    moment = _MOMENT[said.state]
    if getattr(call, moment) is None:
        setattr(call, moment, said.occurred_at)
    later = call.staff_since is None or said.occurred_at >= call.staff_since
    if agent is not None and agent.pk != call.staff_id and later:
        call.staff, call.staff_since = agent, said.occurred_at
    call.began_at = min(call.began_at, said.occurred_at)
    call.expires_at = expiry(call)
    return before != (call.staff_id, call.rang_at, call.answered_at, call.ended_at)
