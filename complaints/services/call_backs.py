"""Call-back (回访): somebody who did not handle it asks whether it is solved.

A promise of the policy: where it has a duration for it, resolving opens one, with a clock of its
own. Key accounts are asked by their region. Satisfied may be closed; not satisfied is reopened one
level higher; the third time without answer is closed as unreachable, however long it took
(docs/adr/0149).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import (
    Action,
    CallReason,
    CallResult,
    CallState,
    ClockKind,
    EventKind,
    Measure,
    State,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import CallBack, Ticket, TicketEvent
from complaints.querysets import GATED
from complaints.services import act, callers, closing_gate, naming, one_level_up, texts
from complaints.services.act import Act
from complaints.spans import CALL_AGAIN_AFTER, CALL_BACK_WITHIN, MOST_CALLS
from core.actors import Actor, ActorKind
from core.errors import InvalidInput, InvalidTransition, LimitReached

#: the reason of a close without the resident's word
UNREACHABLE: Final = CallState.UNREACHABLE.value


class CalledBackAlready(InvalidTransition):
    code = "called_back_already"
    message = gettext_lazy("本轮处理已经回访过。")


class NobodyToCall(InvalidTransition):
    code = "nobody_to_call"
    message = gettext_lazy("没有登记住户或大客户，无法回访。")


@transaction.atomic
def order(ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None) -> Ticket:
    """Have a resolved ticket called back about where the policy does not.

    Raises CalledBackAlready or NobodyToCall.
    """
    now = act.begin(ticket, Action.CALL_BACK, actor=actor, at=at, version=version)
    if not _somebody_to_call(now.ticket):
        raise NobodyToCall
    if now.ticket.call_backs.filter(cycle=now.ticket.cycle).exists():
        raise CalledBackAlready
    _open(now, CallReason.ORDERED)
    return now.save()


def promise(now: Act) -> None:
    """Part of resolving: open the call-back that the policy promises, if it does and there is
    somebody to ring up."""
    if ClockKind.CALL_BACK not in now.promised or not _somebody_to_call(now.ticket):
        return
    event = _open(now, CallReason.POLICY)
    event.actor_kind, event.staff_id, event.machine_id = ActorKind.SYSTEM, None, None


def cancel(now: Act) -> None:
    """Part of what ends the asking by another road: the resident spoke for themselves."""
    if now.ticket.state != State.CALL_BACK:
        return
    _end(now, CallState.CANCELLED)
    now.cancel_clocks()


@transaction.atomic
def record(
    ticket: Ticket,
    *,
    actor: Actor,
    result: str,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Write down one attempt. `note` is what was said, for colleagues; without satisfaction it is
    the resident's reason, which they read too, and needed.

    Raises InvalidInput for an unknown result or a missing reason, LimitReached for another attempt
    right after one without answer.
    """
    if result not in CallResult.values:
        raise InvalidInput(fields={"result": [_("请选择列出的选项。")]})
    unhappy = result == CallResult.NOT_SATISFIED
    body = texts.clean(
        note, TextRole.COMMENT if unhappy else TextRole.NOTE, field="note", required=unhappy
    )
    now = act.begin(
        ticket,
        Measure.RECORD_CALL,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    _RESULTS[CallResult(result)](now, body)
    return now.save()


def _satisfied(now: Act, note: str) -> None:
    now.move(Action.CONFIRM, reason_code=CallResult.SATISFIED)
    now.say_internally(note)
    now.stop_clocks(ClockKind.CALL_BACK)
    _end(now, CallState.SATISFIED)


def _not_satisfied(now: Act, reason: str) -> None:
    now.event(EventKind.CALLED_BACK, reason_code=CallResult.NOT_SATISFIED)
    now.stop_clocks(ClockKind.CALL_BACK)
    _end(now, CallState.NOT_SATISFIED)
    stood = one_level_up.stands_at(now.ticket)
    event = now.begin_anew()
    now.say(event, TextRole.COMMENT, reason)
    naming.heed(now, reason)
    naming.leave_hands(now)
    now.tell_post(event, Template.TICKET_REOPENED)
    one_level_up.escalate(now, stood)


def _no_answer(now: Act, note: str) -> None:
    earlier = _unanswered(now.ticket)
    if earlier and now.at < earlier[-1] + CALL_AGAIN_AFTER:
        message = _("刚刚已经打过，过一会儿再打才算一次回访。")
        raise LimitReached(message, retry_at=earlier[-1] + CALL_AGAIN_AFTER)
    now.event(EventKind.CALLED_BACK, Visibility.INTERNAL, reason_code=CallResult.NO_ANSWER)
    now.say_internally(note)
    if len(earlier) + 1 >= MOST_CALLS:
        _give_up(now)


_RESULTS: Final = {
    CallResult.SATISFIED: _satisfied,
    CallResult.NOT_SATISFIED: _not_satisfied,
    CallResult.NO_ANSWER: _no_answer,
}


def _give_up(now: Act) -> None:
    """Nobody answers: whoever rang is the second person, and the resident reads how it ended. With
    something missing it goes back to those who can close it."""
    now.stop_clocks(ClockKind.CALL_BACK)
    _end(now, CallState.UNREACHABLE)
    if not closing_gate.stands_open(now.ticket):
        now.move(Action.CONFIRM, visibility=Visibility.INTERNAL, reason_code=UNREACHABLE)
        return
    event = now.move(Action.CLOSE, reason_code=UNREACHABLE)
    now.ticket.ended_at = now.at
    now.tell_reporter(event, Template.TICKET_CLOSED)


def _open(now: Act, reason: CallReason) -> TicketEvent:
    post = callers.choose(now)
    event = now.move(Action.CALL_BACK, post=post)
    clock = now.start_clock(ClockKind.CALL_BACK)
    due_at = clock.due_at if clock else None
    now.batch.add(
        CallBack(
            ticket=now.ticket,
            cycle=now.ticket.cycle,
            post=post,
            reason=reason,
            opened_at=now.at,
            due_at=due_at or now.at + CALL_BACK_WITHIN,
        )
    )
    now.tell(event, Template.TICKET_CALL_BACK, [post.pk])
    return event


def _end(now: Act, state: CallState) -> None:
    open_one = CallBack.objects.open().filter(ticket=now.ticket, cycle=now.ticket.cycle)
    open_one.update(state=state, ended_at=now.at)


def _somebody_to_call(ticket: Ticket) -> bool:
    """A matter that only its own people may know of is not rung up about."""
    if ticket.kind in GATED:
        return False
    reporter = getattr(ticket, "reporter", None)
    return ticket.account_id is not None or (
        reporter is not None and reporter.subject_id is not None
    )


def _unanswered(ticket: Ticket) -> list[datetime]:
    """When nobody answered in this cycle, the earliest first."""
    calls = ticket.events.filter(
        kind=EventKind.CALLED_BACK, cycle=ticket.cycle, reason_code=CallResult.NO_ANSWER
    )
    return list(calls.order_by("occurred_at", "id").values_list("occurred_at", flat=True))
