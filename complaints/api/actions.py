"""From the name of an action to its service, with the fields it takes and needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.enums import Action, Decision, Entry, Measure, Remedy, Tie
from complaints.models import Ticket
from complaints.services import (
    account_matters,
    call_backs,
    decisions,
    extensions,
    grading,
    ip_notices,
    lifecycle,
    linking,
    merging,
    naming,
    remedies,
    returns,
    supervision,
    timeline,
)
from core import reference
from core.actors import Actor
from core.errors import InvalidInput, NotFound
from organisation.models import Post, Supplier
from residents.models import KeyAccount

Fields = dict[str, Any]
Service = Callable[..., Ticket]


@dataclass(frozen=True, slots=True)
class Wiring:
    """A service, and how fields of the body become its arguments."""

    service: Service
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()


_DRAFT = ("draft", "draft_id")
_NOTE = ("text", "note")

WIRING: dict[str, Wiring] = {
    Action.ASSIGN: Wiring(lifecycle.assign, ("post",), ("text",), (("text", "note"),)),
    Action.ACCEPT: Wiring(lifecycle.accept),
    Action.START: Wiring(lifecycle.start),
    Action.WAIT_RESIDENT: Wiring(
        lifecycle.wait, (), ("until", "text"), (), (("on", Action.WAIT_RESIDENT),)
    ),
    Action.WAIT_SUPPLIER: Wiring(
        lifecycle.wait, (), ("until", "text", "supplier"), (), (("on", Action.WAIT_SUPPLIER),)
    ),
    Action.RESUME: Wiring(lifecycle.resume),
    Action.RESOLVE: Wiring(lifecycle.resolve, ("text",), ("draft",), (("text", "reply"), _DRAFT)),
    Action.REOPEN: Wiring(lifecycle.reopen, ("text",), ("draft",), (("text", "reason"), _DRAFT)),
    Action.CLOSE: Wiring(lifecycle.close),
    Action.WITHDRAW: Wiring(lifecycle.withdraw, (), ("text",), (("text", "reason"),)),
    Action.REJECT: Wiring(lifecycle.reject, ("text", "reason_code"), (), (("text", "reply"),)),
    Entry.REPLY: Wiring(timeline.reply, ("text",), ("draft",), (_DRAFT,)),
    Entry.NOTE: Wiring(timeline.note, ("text",), ("draft",), (_DRAFT,)),
    Entry.ADD: Wiring(timeline.add, ("text",), ("draft",), (_DRAFT,)),
    Entry.URGE: Wiring(timeline.urge, (), ("text",)),
    Entry.RATE: Wiring(timeline.rate, ("handling", "outcome"), ("text",), (("text", "comment"),)),
    Entry.COORDINATE: Wiring(timeline.coordinate, ("text", "reason_code")),
    Entry.FORWARD: Wiring(ip_notices.forward, ("text",)),
    Entry.COUNTER: Wiring(ip_notices.counter, ("text",)),
    Entry.DECIDE: Wiring(ip_notices.decide, ("text", "reason_code")),
    Entry.NAME: Wiring(naming.name, ("text",), (), (("text", "names"),)),
    Decision.TAKE_OVER: Wiring(decisions.take_over, (), ("text",), (("text", "note"),)),
    Decision.GIVE_BACK: Wiring(decisions.give_back, ("text",), (), (("text", "order"),)),
    Action.RETURN: Wiring(
        returns.return_to_dispatch, ("text", "reason_code"), ("draft",), (_NOTE, _DRAFT)
    ),
    Action.CALL_BACK: Wiring(call_backs.order),
    Measure.ASK_EXTENSION: Wiring(extensions.ask, ("text", "reason_code", "minutes"), (), (_NOTE,)),
    Measure.GRANT_EXTENSION: Wiring(extensions.grant, (), ("text",), (_NOTE,)),
    Measure.REFUSE_EXTENSION: Wiring(extensions.refuse, ("text",), (), (_NOTE,)),
    Measure.SUPERVISE: Wiring(supervision.supervise, (), ("text",), (_NOTE,)),
    Measure.END_SUPERVISION: Wiring(supervision.end),
    Measure.RAISE: Wiring(grading.raise_severity, ("severity", "reason_code"), ("text",), (_NOTE,)),
    Measure.LOWER: Wiring(
        grading.lower_severity, ("severity", "reason_code", "text"), (), (_NOTE,)
    ),
    Measure.ACCOUNT: Wiring(account_matters.correct, ("account",), ("text",), (_NOTE,)),
    Measure.RECORD_CALL: Wiring(call_backs.record, ("result",), ("text",), (_NOTE,)),
    Decision.ACKNOWLEDGE: Wiring(decisions.acknowledge, (), ("text",), (("text", "note"),)),
    Action.MERGE: Wiring(merging.merge, ("other",), ("text",), (("text", "reason"),)),
    Tie.UNMERGE: Wiring(merging.unmerge, (), ("text",), (("text", "reason"),)),
    Tie.LINK: Wiring(linking.link, ("other", "relation"), ("text",), (("text", "note"),)),
    Remedy.PLAN: Wiring(
        remedies.plan, ("root_cause", "post", "due_on", "text"), (), (("post", "owner"),)
    ),
}


def perform(
    ticket: Ticket, action: str, fields: Fields, *, actor: Actor, version: int, at: datetime
) -> Ticket:
    """Call the action's service.

    Raises NotFound for an unknown action, InvalidInput for a missing or useless field, and whatever
    the service raises.
    """
    wiring = WIRING.get(action)
    if wiring is None:
        raise NotFound(_("没有这个操作。"))
    _check(wiring, fields)
    names = dict(wiring.names)
    arguments = {names.get(name, name): value for name, value in fields.items()}
    if "supplier" in arguments:
        arguments["supplier"] = _supplier(arguments["supplier"])
    if "account" in arguments:
        arguments["account"] = _account(arguments["account"])
    for name in {"post", "owner"} & arguments.keys():
        arguments[name] = _post(arguments[name])
    if "other" in arguments:
        arguments["other"] = other_ticket(arguments["other"], actor)
    try:
        return wiring.service(
            ticket, **arguments, **dict(wiring.fixed), actor=actor, version=version, at=at
        )
    except InvalidInput as error:
        called = {argument: name for name, argument in wiring.names}
        error.fields = {called.get(name, name): said for name, said in error.fields.items()}
        raise


def _check(wiring: Wiring, fields: Fields) -> None:
    missing = [name for name in wiring.needs if fields.get(name) in (None, "")]
    useless = [name for name in fields if name not in (*wiring.needs, *wiring.may)]
    if missing or useless:
        raise InvalidInput(
            fields={
                **{name: [_("请填写。")] for name in missing},
                **{name: [_("此操作不使用这个字段。")] for name in useless},
            }
        )


def _supplier(code: str) -> Supplier:
    supplier = Supplier.objects.filter(code=code).first()
    if supplier is None:
        raise InvalidInput(fields={"supplier": [_("没有这个供应商。")]})
    return supplier


def _account(code: str) -> KeyAccount:
    account = KeyAccount.objects.filter(code=code).first()
    if account is None:
        raise InvalidInput(fields={"account": [_("没有这个大客户。")]})
    return account


def other_ticket(number: str, actor: Actor) -> Ticket:
    """The ticket of this number in the actor's scope. Raises InvalidInput for any other."""
    known = Ticket.objects.visible_to(actor)
    ticket = known.filter(reference=reference.normalise(number)).first()
    if ticket is None:
        raise InvalidInput(fields={"other": [_("没有找到这个编号的工单。")]})
    return ticket


def _post(pk: int) -> Post:
    post = Post.objects.filter(pk=pk).first()
    if post is None:
        raise InvalidInput(fields={"post": [_("没有这个岗位。")]})
    return post
