"""What is done so that a matter does not come again: a root cause, an owner, a date.

Planned on a ticket, done by the owner with evidence, verified by a second person or sent back;
handed over to another owner while it is open.
Nothing depends on a queue: `tell_at` is the moment at which a late one is told, once, to its owner
and to the post above (docs/adr/0055).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import rights
from complaints.enums import (
    ClockKind,
    EventKind,
    Remedy,
    RemedyState,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import CorrectiveAction, Ticket, TicketEvent
from complaints.querysets import view_permission
from complaints.reasons import RootCause
from complaints.services import act, catalogue, photos, records, sweep_rows, telling, texts
from complaints.services.act import Act
from complaints.services.catalogue import Catalogue
from complaints.services.seating import NOBODY, Asked, Seating
from core.actors import SYSTEM, Actor
from core.batch import Batch
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from notifications.services import notices
from notifications.services.notices import Telling
from organisation import access
from organisation.models import Post
from organisation.querysets import PostQuerySet, paths_above, served_path
from organisation.services.posts import has_ended, local_date

LONGEST: Final = timedelta(days=366)
BATCH: Final = 500
JUDGED: Final = ["verify", "return"]


class SamePerson(InvalidTransition):
    """Whoever did it, or answers for it, does not say that it was done well."""

    code = "same_person"
    message = gettext_lazy("整改须由责任人和完成人以外的人验收。")


@transaction.atomic
def plan(
    ticket: Ticket,
    *,
    actor: Actor,
    root_cause: str,
    owner: Post,
    due_on: date,
    text: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Say why it happened and who does what about it until when; the owner hears of it.

    Raises NotAllowed, StaleVersion, or InvalidInput for an unknown cause, a date that is past or
    more than a year away, or a post that may not see the ticket.
    """
    body = texts.clean(text, TextRole.NOTE, field="text")
    if root_cause not in RootCause.values:
        raise InvalidInput(fields={"root_cause": [_("请选择列出的选项。")]})
    if not local_date(at) <= due_on <= local_date(at + LONGEST):
        raise InvalidInput(fields={"due_on": [_("请选择今天起一年以内的日期。")]})
    now = act.begin(
        ticket, Remedy.PLAN, actor=actor, at=at, version=version, keys=act.keys_for(ticket, body)
    )
    _require_fit(owner, now)
    event = now.event(EventKind.PLANNED, Visibility.INTERNAL, post=owner, reason_code=root_cause)
    now.say(event, TextRole.NOTE, body)
    now.batch.add(
        CorrectiveAction(
            ticket=now.ticket,
            root_cause=root_cause,
            owner=owner,
            due_on=due_on,
            planned_in=event,
            tell_at=_late_from(due_on),
        )
    )
    now.tell(event, Template.ACTION_PLANNED, [owner.pk])
    return now.save()


@transaction.atomic
def hand_over(
    action: CorrectiveAction, *, actor: Actor, owner: Post, text: str, at: datetime
) -> CorrectiveAction:
    """Another post answers for it from now on, until the same day; it hears of it, and reads why.

    Also where the ticket names the one before by now, who does not hear of it. Raises NotAllowed
    for those who may not plan, InvalidTransition unless it is open, or InvalidInput for a post
    that has it already or may not see the ticket.
    """
    body = texts.clean(text, TextRole.NOTE, field="text")
    now, action = _begin(action, Remedy.HAND_OVER, RemedyState.OPEN, actor=actor, at=at, said=body)
    if owner.pk == action.owner_id:
        raise InvalidInput(fields={"owner": [_("已经由此岗位负责。")]})
    _require_fit(owner, now)
    action.owner = owner
    event = _entry(now, EventKind.HANDED_OVER, action, body)
    now.tell(event, Template.ACTION_PLANNED, [owner.pk])
    now.save()
    action.handed_in = event
    action.save(update_fields=["owner", "handed_in"])
    return action


@transaction.atomic
def complete(
    action: CorrectiveAction,
    *,
    actor: Actor,
    text: str,
    at: datetime,
    draft_id: UUID | None = None,
) -> CorrectiveAction:
    """The owner says that it is done and shows how, in words and photos.

    Raises NotAllowed for anybody else, InvalidTransition unless it is open.
    """
    body = texts.clean(text, TextRole.NOTE, field="text")
    now, action = _begin(action, Remedy.COMPLETE, RemedyState.OPEN, actor=actor, at=at, said=body)
    if not answers_for(actor, action, at=at):
        raise NotAllowed
    event = _entry(now, EventKind.COMPLETED, action, body)
    photos.attach(photos.draft_of(draft_id, actor=actor, at=at), event)
    now.save()
    action.state, action.done_in, action.tell_at = RemedyState.DONE, event, None
    action.save(update_fields=["state", "done_in", "tell_at"])
    return action


@transaction.atomic
def verify(
    action: CorrectiveAction, *, actor: Actor, at: datetime, text: str = ""
) -> CorrectiveAction:
    """A second person says that it was done. Raises NotAllowed, SamePerson, InvalidTransition."""
    body = texts.clean(text, TextRole.NOTE, field="text", required=False)
    now, action = _begin(action, Remedy.VERIFY, RemedyState.DONE, actor=actor, at=at, said=body)
    _require_second(actor, action, at=at)
    event = _entry(now, EventKind.VERIFIED, action, body)
    now.save()
    action.state, action.verified_in = RemedyState.VERIFIED, event
    action.save(update_fields=["state", "verified_in"])
    return action


@transaction.atomic
def send_back(
    action: CorrectiveAction, *, actor: Actor, text: str, due_on: date, at: datetime
) -> CorrectiveAction:
    """A second person says what is missing, and until when; the owner hears of it.

    Raises what `verify` raises, and InvalidInput for a date that is past or too far away.
    """
    body = texts.clean(text, TextRole.NOTE, field="text")
    if not local_date(at) <= due_on <= local_date(at + LONGEST):
        raise InvalidInput(fields={"due_on": [_("请选择今天起一年以内的日期。")]})
    now, action = _begin(action, Remedy.RETURN, RemedyState.DONE, actor=actor, at=at, said=body)
    _require_second(actor, action, at=at)
    event = _entry(now, EventKind.SENT_BACK, action, body)
    now.tell(event, Template.ACTION_RETURNED, [now.hearing(action.owner)])
    now.save()
    action.state, action.done_in, action.due_on = RemedyState.OPEN, None, due_on
    action.tell_at = _late_from(due_on)
    action.save(update_fields=["state", "done_in", "due_on", "tell_at"])
    return action


def tell_late(at: datetime) -> int:
    """Tell the owner of each action that has become late, and the post above; returns how many.

    Safe to run at any time and by any number: a row is claimed once, and told in the transaction
    that takes its moment away.
    """
    total = 0
    while told := _tell_some(at):
        total += told
    return total


def owners(ticket: Ticket, *, at: datetime) -> PostQuerySet:
    """Posts that may answer for a corrective action: in reach of the ticket, held by somebody whom
    it does not name, the nearest first."""
    return (
        Post.objects.valid_on(local_date(at))
        .filled()
        .not_touching(ticket.named_ids)
        .filter(role__permissions__contains=[view_permission(ticket.kind), rights.NOTE])
        .annotate(serves=served_path())
        .filter(serves__in=paths_above(ticket.unit.path))  # type: ignore[misc]  # annotated above
        .with_people()
        .order_by("-serves", "role__code", "pk")
    )


def answers_for(actor: Actor, action: CorrectiveAction, *, at: datetime) -> bool:
    if actor.staff_id is None:
        return False
    return Post.objects.acted_by(actor.staff_id, at).filter(pk=action.owner_id).exists()


def steps(
    actions: Sequence[CorrectiveAction], actor: Actor, *, at: datetime
) -> dict[int, list[str]]:
    """What the actor may do now with each of these, which are visible to them; as many statements
    for many as for one."""
    mine = set(
        Post.objects.acted_by(actor.staff_id or 0, at)
        .filter(pk__in=[action.owner_id for action in actions])
        .values_list("pk", flat=True)
    )
    where = access.scopes(actor, {rights.ASSIGN, rights.CLOSE})
    found: dict[int, list[str]] = {}
    for action in actions:
        owns, unit = action.owner_id in mine, action.ticket.unit
        done_by = action.done_in.staff_id if action.done_in else None
        second = not owns and actor.staff_id != done_by and where[rights.CLOSE].covers(unit)
        gives = where[rights.ASSIGN].covers(unit)
        offered = {
            RemedyState.OPEN: ["complete"] * owns + ["hand_over"] * gives,
            RemedyState.DONE: JUDGED * second,
        }
        found[action.pk] = offered.get(RemedyState(action.state), [])
    return found


def _begin(
    action: CorrectiveAction,
    verb: Remedy,
    state: RemedyState,
    *,
    actor: Actor,
    at: datetime,
    said: str,
) -> tuple[Act, CorrectiveAction]:
    """The ticket's lock is the action's lock as well."""
    keys = act.keys_for(action.ticket, said)
    now = act.begin(action.ticket, verb, actor=actor, at=at, keys=keys)
    found = CorrectiveAction.objects.select_related("owner", "done_in").get(pk=action.pk)
    if found.state != state:
        raise InvalidTransition(state=found.state, action=verb.value)
    return now, found


def _require_fit(owner: Post, now: Act) -> None:
    if not owners(now.ticket, at=now.at).filter(pk=owner.pk).exists():
        raise InvalidInput(fields={"owner": [_("此岗位不能负责该工单的整改。")]})


def _require_second(actor: Actor, action: CorrectiveAction, *, at: datetime) -> None:
    done_by = action.done_in.staff_id if action.done_in else None
    if actor.staff_id == done_by or answers_for(actor, action, at=at):
        raise SamePerson


def _entry(now: Act, kind: EventKind, action: CorrectiveAction, body: str) -> TicketEvent:
    event = now.event(kind, Visibility.INTERNAL, post=action.owner, reason_code=action.root_cause)
    if body:
        now.say(event, TextRole.NOTE, body)
    return event


def _late_from(due_on: date) -> datetime:
    """The first moment after the last day, in the company's time zone."""
    return datetime.combine(due_on + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))


@transaction.atomic
def _tell_some(at: datetime) -> int:
    rows = (
        CorrectiveAction.objects.filter(tell_at__lte=at)
        # with its ticket, which the event refers to: who works on that one holds it, wants this
        .select_for_update(of=("self", "ticket"), skip_locked=True)
        .select_related("owner", "ticket__unit", "ticket__policy")
        .order_by("tell_at", "pk")
    )
    late = list(rows[:BATCH])
    if not late:
        return 0
    batch, tellings = Batch(), list[Telling]()
    batch.reserve({TicketEvent: len(late)})
    named = sweep_rows.named_staff([action.ticket_id for action in late])
    above = _posts_above(late, named, at)
    for action in late:
        event, owner = batch.number(_lapsed(action)), action.owner
        about = named.get(action.ticket_id, NOBODY)
        # nothing to whom the matter turned out to be about, nor to a post that is no more
        silent = about & {owner.holder_id, owner.stand_in_id} or has_ended(owner, at=at)
        hearing = [] if silent else [owner.pk]
        for post_id in dict.fromkeys((*hearing, above[action.pk])):
            tellings.append(telling.to(post_id, event, Template.ACTION_LAPSED))
    batch.write()
    CorrectiveAction.objects.filter(pk__in=[action.pk for action in late]).update(tell_at=None)
    notices.tell(tellings, at=at)
    return len(late)


def _lapsed(action: CorrectiveAction) -> TicketEvent:
    return records.new_event(
        action.ticket,
        EventKind.LAPSED,
        actor=SYSTEM,
        at=action.tell_at or _late_from(action.due_on),
        visibility=Visibility.INTERNAL,
        post=action.owner,
        reason_code=action.root_cause,
    )


def _posts_above(
    late: list[CorrectiveAction], named: Mapping[int, frozenset[int]], at: datetime
) -> dict[int, int]:
    """By action the post that the ladder of its ticket puts above the owner; where the ladder does
    not know the owner's role, its first one; at last the duty queue."""
    rules = catalogue.current()
    ladders = {action.pk: _roles_above(action, rules) for action in late}
    asked = {
        action.pk: Asked(action.ticket.unit.path, action.ticket.post_id, action.ticket.kind)
        for action in late
    }
    seating = Seating.read(
        set(asked.values()), {role for roles in ladders.values() for role in roles}, at
    )
    return {
        action.pk: seating.post_for(
            asked[action.pk], ladders[action.pk], named.get(action.ticket_id, NOBODY)
        )
        for action in late
    }


def _roles_above(action: CorrectiveAction, rules: Catalogue) -> tuple[int, ...]:
    terms = rules.terms_by_id.get(action.ticket.policy_id or 0)
    steps = terms.policy.ladder.all() if terms else []
    rungs = sorted(
        (step for step in steps if step.clock_kind == ClockKind.RESOLVE and step.role_id),
        key=lambda step: step.level,
    )
    roles = tuple(step.role_id for step in rungs if step.role_id is not None)
    if action.owner.role_id in roles:
        return roles[roles.index(action.owner.role_id) + 1 :]
    return roles
