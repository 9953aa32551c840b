"""What the page of one privacy request shows, as far as whoever looks may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from complaints.enums import ClockKind
from complaints.models import TicketClock
from console import chips, ladders, privacy_words
from console.door import StaffRequest
from console.forms.privacy import CodeForm, RefuseForm
from core.actors import Actor
from core.masking import mask_name, mask_phone
from organisation import access
from privacy.rights.enums import CorrectableField, RequestKind, RequestState, StepState
from privacy.rights.models import CorrectionRecord, ErasureStep, PrivacyRequest
from privacy.rights.querysets import RequestQuerySet
from privacy.rights.services import corrections, requests
from privacy.rights.services.answers import RefusalReason
from privacy.vault.services import sealing
from residents.enums import ContactKind
from residents.models import ContactPoint
from residents.services import contacts, people

#: until somebody has approved it
UNDECIDED: Final = (RequestState.IDENTITY_PENDING, RequestState.VERIFIED, RequestState.PLANNED)
#: approved and not yet answered
UNDER_WAY: Final = (
    RequestState.APPROVED,
    RequestState.EXECUTING,
    RequestState.VERIFYING,
    RequestState.RESTRICTED,
)


@dataclass(frozen=True, slots=True)
class May:
    """What this member of staff can do with the request now. `involved`: they could approve, had
    they not written it down or verified it themselves."""

    verify: bool
    plan: bool
    approve: bool
    involved: bool
    refuse: bool
    settle: bool
    see_values: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Forms as they were sent, to be shown with what is wrong; `refusing` opens the refusal."""

    code: CodeForm | None = None
    refusal: RefuseForm | None = None
    refusing: bool = False


def rows(actor: Actor) -> RequestQuerySet:
    """Requests in the actor's scope with what a list shows of them."""
    live = Prefetch("ticket__clocks", TicketClock.objects.live(), to_attr="live_clocks")
    return (
        PrivacyRequest.objects.visible_to(actor)
        .select_related("ticket__unit", "created_by", "verified_by", "approved_by")
        .prefetch_related(live)
    )


def find(public_id: UUID, actor: Actor) -> PrivacyRequest:
    found = rows(actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def show(
    request: StaffRequest,
    found: PrivacyRequest,
    *,
    at: datetime,
    sent: bool,
    opened: Opened | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. `sent`: a code is on its way and waits to be read back."""
    opened, may = opened or Opened(), may_do(request.actor, found)
    labels, current = privacy_words.line(found)
    context = {
        "found": found,
        "title": privacy_words.title(found),
        "clock": _clock(found, at),
        "due_at": _due(found),
        "labels": labels,
        "current": current,
        "may": may,
        "sent": sent,
        "number": number_on_file(found) if may.verify else "",
        "code_form": opened.code or CodeForm(),
        "refuse_form": opened.refusal or RefuseForm(),
        "refusing": opened.refusing,
        "under_way": found.state in UNDER_WAY,
        "refusal_reason": RefusalReason(found.refusal_code).label if found.refusal_code else "",
        **_person(found),
        **_plan(found),
        **_mentions(found),
        "change": change(found) if may.see_values else None,
        "takes_login": may.see_values and takes_a_login(found),
        "certified": hasattr(found, "certificate"),
    }
    return render(request, "console/privacy_request.html", context, status=status)


def may_do(actor: Actor, found: PrivacyRequest) -> May:
    unit, state = found.ticket.unit, found.state
    verifies, plans, approves = (
        access.has(actor, permission, unit)
        for permission in ("privacy.verify", "privacy.plan", "privacy.approve")
    )
    involved = actor.staff_id in (found.created_by_id, found.verified_by_id)
    return May(
        verify=verifies and state == RequestState.IDENTITY_PENDING,
        plan=plans and state == RequestState.VERIFIED,
        approve=approves and state == RequestState.PLANNED and not involved,
        involved=approves and state == RequestState.PLANNED and involved,
        refuse=approves and state in UNDECIDED,
        settle=plans and state in UNDER_WAY,
        see_values=plans or approves,
    )


def number_on_file(found: PrivacyRequest) -> str:
    """The number a code goes to, masked; empty where there is none."""
    text = _login_number(found.subject_id) if found.subject_id else ""
    return mask_phone(text) if text else ""


def takes_a_login(found: PrivacyRequest) -> bool:
    """Whether the wished number signs in somebody else as things stand."""
    if found.field != CorrectableField.PHONE or found.subject_id is None:
        return False
    wished = requests.wished_value(found)
    return bool(wished) and contacts.signs_in_another(
        found.subject_id, contacts.phone_address(wished)
    )


def change(found: PrivacyRequest) -> dict[str, str] | None:
    """A correction for those who decide about it: what stands now, masked, and what shall stand
    there. Once it is done both are masked: nobody decides any more."""
    if found.kind != RequestKind.CORRECT:
        return None
    record = CorrectionRecord.objects.filter(request=found).first()
    if record is not None:
        return _changed(record)
    old = _on_file(found.field, found.subject_id) if found.subject_id else ""
    return {
        "title": _("要更正的内容"),
        "field": found.get_field_display(),
        "old": privacy_words.masked(found.field, old),
        "new": requests.wished_value(found),
    }


def _changed(record: CorrectionRecord) -> dict[str, str]:
    said = {
        "title": _("已更正的内容"),
        "field": record.get_field_display(),
        "old": "—",
        "new": "—",
    }
    if record.subject_id is None or record.old_sealed is None or record.new_sealed is None:
        return said
    old, new = sealing.reveal_many(
        [
            (record.subject_id, corrections.OLD, bytes(record.old_sealed)),
            (record.subject_id, corrections.NEW, bytes(record.new_sealed)),
        ]
    )
    said["old"] = privacy_words.masked(record.field, old or "")
    said["new"] = privacy_words.masked(record.field, new or "")
    return said


def _on_file(field: str, subject_id: UUID) -> str:
    match field:
        case CorrectableField.NAME:
            return next((match.name or "" for match in people.describe([subject_id])), "")
        case CorrectableField.PHONE:
            return _login_number(subject_id)
        case CorrectableField.EMAIL:
            return next(iter(contacts.texts_of(subject_id)[ContactKind.EMAIL]), "")
        case _:
            return next((match.language for match in people.describe([subject_id])), "")


def _login_number(subject_id: UUID) -> str:
    row = ContactPoint.objects.filter(subject_id=subject_id, login=True).first()
    if row is None:
        return ""
    [text] = sealing.reveal_many([(row.subject_id, contacts.SEALED, row.sealed)])
    return text or ""


def _person(found: PrivacyRequest) -> dict[str, Any]:
    """Enough to recognise somebody by: 张*, and the communities they live in."""
    known = people.describe([found.subject_id]) if found.subject_id else []
    if not known:
        return {"person": "", "communities": []}
    communities = dict.fromkeys(home.unit for home in known[0].homes)
    return {"person": mask_name(known[0].name or ""), "communities": list(communities)}


def _plan(found: PrivacyRequest) -> dict[str, Any]:
    steps = [_step(step) for step in found.steps.all()]
    return {
        "steps": steps,
        "planned": sum(step["planned"] for step in steps),
        "checked": sum(step["state"] == StepState.VERIFIED for step in steps),
        "holds": list(found.holds.select_related("ticket").order_by("review_on", "pk")),
    }


def _step(step: ErasureStep) -> dict[str, Any]:
    return {
        "label": privacy_words.holding(step.holding),
        "planned": step.planned_rows,
        "erased": step.erased_rows,
        "state": step.state,
        "state_label": step.get_state_display(),
    }


def _mentions(found: PrivacyRequest) -> dict[str, Any]:
    tasks = found.mentions.select_related("entry__ticket", "done_by").order_by("pk")
    return {
        "to_settle": [task for task in tasks if task.done_at is None],
        "settled": [task for task in tasks if task.done_at is not None],
    }


def _clock(found: PrivacyRequest, at: datetime) -> dict[str, Any] | None:
    policy_id = found.ticket.policy_id
    rungs = ladders.rungs_of({policy_id} if policy_id else ())
    return chips.first(_live(found), at=at, rungs=rungs)


def _due(found: PrivacyRequest) -> datetime | None:
    """When the answer is due at the latest; None once it has been given."""
    return next((one.due_at for one in _live(found) if one.kind == ClockKind.RESOLVE), None)


def _live(found: PrivacyRequest) -> list[TicketClock]:
    clocks: list[TicketClock] = found.ticket.live_clocks
    return clocks
