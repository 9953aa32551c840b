"""Notices about intellectual property: notice, forwarded, counter-notice, fifteen days, decision
(Civil Code 1195-1197)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.enums import Action, Channel, ClockKind, Entry, EventKind, Kind, Template, TextRole
from complaints.models import IpNotice, Ticket
from complaints.reasons import IpOutcome, RightKind
from complaints.services import act, clocks, supervision, texts
from complaints.services.act import Act
from complaints.services.intake import NewTicket, submit
from complaints.spans import COUNTER_NOTICE_WAIT
from core.actors import NOBODY, Actor
from core.errors import InvalidInput, InvalidTransition, Text
from core.masking import mask_email, mask_name, mask_phone
from core.phone import PhoneInvalid, normalise
from organisation.models import Unit
from privacy.vault.registry import field_label
from privacy.vault.services import keys, sealing, subjects
from privacy.vault.services.sealing import KeyRing

CATEGORY: Final = "intellectual_property"
HOLDER: Final = field_label(IpNotice, "holder_sealed")
CONTACT: Final = field_label(IpNotice, "contact_sealed")
LONGEST: Final = {"holder": 120, "right": 200}


@dataclass(frozen=True, slots=True)
class NewNotice:
    """`contact` is a telephone number or an e-mail address; `location` says where the content is
    that is said to infringe."""

    right_kind: str
    right: str
    holder: str
    contact: str
    location: str
    body: str
    in_good_faith: bool
    draft_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who gave a notice, as far as everybody may read who sees it; empty where the key is gone."""

    name: str
    contact: str


def masked_holder(notice: IpNotice) -> Holder:
    name, contact = sealing.reveal_many(
        [
            (notice.subject_id, HOLDER, notice.holder_sealed),
            (notice.subject_id, CONTACT, notice.contact_sealed),
        ]
    )
    return Holder(mask_name(name) if name else "", _masked(contact) if contact else "")


def take(new: NewNotice, *, at: datetime) -> Ticket:
    """Take in a notice from the public page. Call it outside a transaction: the key comes first.

    Raises InvalidInput, or NotFound for old photos.
    """
    if faults := _faults(new):
        raise InvalidInput(fields=faults)
    (fresh,) = keys.create_subject_keys(1)
    ring = KeyRing.of_fresh([fresh])
    ticket = NewTicket(
        kind=Kind.IP_NOTICE,
        category_code=CATEGORY,
        channel=Channel.WEB,
        body=new.body,
        place=new.location,
        unit=Unit.objects.get(depth=1),
        draft_id=new.draft_id,
    )
    with transaction.atomic():
        subject = subjects.create_subject(fresh, at=at)
        taken = submit(ticket, actor=NOBODY, at=at)
        IpNotice.objects.create(
            ticket=taken,
            right_kind=new.right_kind,
            right=new.right.strip(),
            in_good_faith=True,
            subject=subject,
            holder_sealed=ring.seal(subject.pk, HOLDER, new.holder.strip()),
            contact_sealed=ring.seal(subject.pk, CONTACT, _reachable(new.contact)),
        )
    return taken


@transaction.atomic
def forward(
    ticket: Ticket, *, actor: Actor, text: str, at: datetime, version: int | None = None
) -> Ticket:
    """Say to the right holder that whoever is concerned has the notice, and what was done so far;
    the first response. Raises InvalidTransition the second time."""
    now, notice = _begin(ticket, Entry.FORWARD, actor, at, version, text)
    _refuse_if(notice.forwarded_at is not None)
    _answer(now, EventKind.FORWARDED, text)
    now.stop_clocks(ClockKind.FIRST_RESPONSE)
    notice.forwarded_at = now.at
    notice.save(update_fields=["forwarded_at"])
    return now.save()


@transaction.atomic
def counter(
    ticket: Ticket, *, actor: Actor, text: str, at: datetime, version: int | None = None
) -> Ticket:
    """Note the statement of whoever is concerned that nothing is infringed, pass it on, and wait
    fifteen days for the right holder to sue or complain; the sweep ends the wait.

    Raises InvalidTransition before it was forwarded, or the second time.
    """
    now, notice = _begin(ticket, Entry.COUNTER, actor, at, version, text)
    _refuse_if(notice.forwarded_at is None or notice.countered_at is not None)
    _answer(now, EventKind.COUNTERED, text)
    event = now.move(Action.WAIT_RESIDENT)
    until = now.at + COUNTER_NOTICE_WAIT
    now.pause_clocks(until)
    now.tell_reporter(event, Template.TICKET_WAITING)
    notice.countered_at, notice.wait_until = now.at, until
    notice.save(update_fields=["countered_at", "wait_until"])
    return now.save()


@transaction.atomic
def decide(
    ticket: Ticket,
    *,
    actor: Actor,
    reason_code: str,
    text: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Decide, with reasons that the right holder reads; the ticket is resolved.

    Raises InvalidTransition before the notice was forwarded, and InvalidInput while the right
    holder's time runs, unless they have gone to court.
    """
    if reason_code not in IpOutcome.values:
        raise InvalidInput(fields={"reason_code": [_("请选择列出的选项。")]})
    now, notice = _begin(ticket, Entry.DECIDE, actor, at, version, text)
    _refuse_if(notice.forwarded_at is None)
    _require_time_over(notice, reason_code, now.at)
    _answer(now, EventKind.DECIDED, text, reason_code=reason_code)
    event = now.move(Action.RESOLVE)
    now.stop_clocks(*clocks.IN_HAND)
    now.ticket.resolved_at = now.at
    now.tell_reporter(event, Template.TICKET_RESOLVED)
    supervision.tell(now, event, Template.TICKET_RESOLVED)
    notice.decided_at = now.at
    notice.save(update_fields=["decided_at"])
    return now.save()


def _begin(
    ticket: Ticket, verb: Entry, actor: Actor, at: datetime, version: int | None, text: str
) -> tuple[Act, IpNotice]:
    keys = act.keys_for(ticket, text)
    now = act.begin(ticket, verb, actor=actor, at=at, version=version, keys=keys)
    notice = IpNotice.objects.filter(ticket=ticket).first()
    if notice is None:
        raise InvalidTransition
    return now, notice


def _answer(now: Act, kind: EventKind, text: str, **columns: Any) -> None:
    body = texts.clean(text, TextRole.REPLY, field="text")
    now.say(now.event(kind, **columns), TextRole.REPLY, body)


def _refuse_if(out_of_turn: bool) -> None:
    if out_of_turn:
        raise InvalidTransition(_("这一步还没有到，或已经做过。"))


def _require_time_over(notice: IpNotice, outcome: str, at: datetime) -> None:
    if notice.wait_until is None or outcome == IpOutcome.BEFORE_COURT or at >= notice.wait_until:
        return
    ends = timezone.localtime(notice.wait_until)
    message = _("权利人可以起诉或投诉到 %(day)s，在此之前不能作这个决定。")
    raise InvalidInput(fields={"reason_code": [message % {"day": f"{ends:%Y-%m-%d %H:%M}"}]})


def _reachable(contact: str) -> str:
    """A telephone number or an e-mail address as it is kept: the law wants to know who gives
    notice, not that they have a telephone. Raises PhoneInvalid or ValidationError."""
    written = contact.strip()
    if "@" not in written:
        return normalise(written)
    validate_email(written)
    return written.lower()


def _masked(contact: str) -> str:
    return mask_email(contact) if "@" in contact else mask_phone(contact)


def _faults(new: NewNotice) -> dict[str, list[Text]]:
    found: dict[str, list[Text]] = {}
    for field in ("right", "holder", "location"):
        if not getattr(new, field).strip():
            found[field] = [_("请填写。")]
    for field, most in LONGEST.items():
        if len(getattr(new, field)) > most:
            found[field] = [_("最多 %(n)d 个字。") % {"n": most}]
    try:
        _reachable(new.contact)
    except PhoneInvalid as invalid:
        found["contact"] = [str(invalid)]
    except ValidationError:
        found["contact"] = [_("电子邮箱地址不正确。")]
    if new.right_kind not in RightKind.values:
        found["right_kind"] = [_("请选择列出的选项。")]
    if not new.in_good_faith:
        found["in_good_faith"] = [_("请确认声明属实：错误通知要承担责任（民法典第 1195 条）。")]
    return found
