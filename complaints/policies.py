"""What one may do with a ticket. The workflow says what its state allows, this says who may.

Every rule asks for a permission, never for a role, and for the right to see the ticket first. A
member of staff whom the ticket names may do nothing with it (docs/adr/0005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints import workflow
from complaints.call_back_queries import ACCOUNT_CALL_BACK, CALL_BACK
from complaints.enums import (
    ENVIRONMENT,
    Action,
    Decision,
    Entry,
    Kind,
    Measure,
    Remedy,
    Severity,
    State,
    Tie,
)
from complaints.querysets import GATED, LEGAL, LEGAL_KINDS, opening, view_permission
from complaints.rights import (
    CO_OWNER_MAY,
    CODE_HOLDER_MAY,
    CREATE,
    DECIDE,
    DECIDED_IN,
    FACTS,
    HOLDER_MAY,
    INTEGRITY_NEEDS,
    IP_STEPS,
    MEASURED_IN,
    NAMING,
    NO_ENTRY_IN,
    NOT_BY_ASKER,
    NOT_BY_HANDLER,
    NOT_BY_HOLDER,
    NOT_FOR_GATED,
    OFFERED,
    ON_PRIVACY,
    PRIVACY_NEEDS,
    REGRADES,
    REPORTER_MAY,
    REPORTER_ON_PRIVACY,
    SECOND_PERSON,
    STAFF_NEEDS,
    SYSTEM_MAY_NOT,
    Verb,
)
from complaints.spans import MOST_RETURNS
from core.actors import Actor, ActorKind
from core.errors import NotAllowed
from organisation import access
from organisation.access import Scope
from organisation.models import Unit
from privacy.vault.models import DataSubject

if TYPE_CHECKING:
    from complaints.models import Ticket


def require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed


def possible(verb: Verb, state: str) -> bool:
    """Whether the ticket's state allows it at all, whoever asks."""
    if isinstance(verb, Action):
        return workflow.target(State(state), verb) is not None
    if isinstance(verb, Decision):
        return State(state) in DECIDED_IN[verb]
    if isinstance(verb, Measure):
        return State(state) in MEASURED_IN[verb]
    if isinstance(verb, Tie | Remedy):
        return verb != Tie.UNMERGE or state == State.MERGED
    return State(state) not in NO_ENTRY_IN[verb]


def allowed_actions(actor: Actor, ticket: Ticket) -> list[str]:
    """What this actor may do with this ticket now, in the order of the workflow."""
    ticket = _with_facts(ticket)
    now = [verb for verb in OFFERED if possible(verb, ticket.state) and fits(verb, actor, ticket)]
    return [verb.value for verb in _permitted(actor, ticket, now)]


def fits(verb: Verb, actor: Actor, ticket: Ticket) -> bool:
    """Whether what else stands on the ticket allows it; the services say in words why not."""
    if verb == Action.CLOSE:
        return ticket.state != State.CALL_BACK or actor.kind is ActorKind.REPORTER
    if verb == Action.RESOLVE:
        return not ends_by_decision(ticket)
    if verb == Action.RETURN:
        return ticket.times_returned < MOST_RETURNS
    if verb == Measure.ASK_EXTENSION:
        return ticket.open_extension_id is None
    if verb in NOT_BY_ASKER:
        return ticket.open_extension_id is not None
    if verb == Measure.SUPERVISE:
        return actor.staff_id is not None and actor.staff_id not in ticket.supervisor_ids
    if verb == Measure.END_SUPERVISION:
        return bool(ticket.supervision_paths)
    if verb == Measure.ACCOUNT:
        return ticket.account_id is not None
    if verb in REGRADES:
        end = Severity.SAFETY if verb == Measure.RAISE else Severity.ORDINARY
        return ticket.severity != end
    return True


def may(actor: Actor, verb: Verb, ticket: Ticket) -> bool:
    """Whether the actor has the right to, whatever state the ticket is in."""
    return bool(_permitted(actor, _with_facts(ticket), [verb]))


def can_create(actor: Actor, kind: str, unit: Unit, reporter_subject: object | None) -> bool:
    """A resident reports in their own name or in none; staff and machines where they may."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.REPORTER:
        return reporter_subject is None or reporter_subject == actor.subject_id
    permission = PRIVACY_NEEDS[CREATE] if kind == Kind.PRIVACY else CREATE
    return access.has(actor, permission, unit)


def is_handler(actor: Actor, ticket: Ticket) -> bool:
    """Holds the ticket's post, stands in for it, or ever did some of the work."""
    if actor.staff_id is None:
        return False
    return holds(actor, ticket) or actor.staff_id in _with_facts(ticket).handler_ids


def holds(actor: Actor, ticket: Ticket) -> bool:
    """Holds the ticket's post, or stands in for it now: who did so once, while somebody was away,
    is a second person like any other unless they did a part of the work."""
    if ticket.post is None or actor.staff_id is None:
        return False
    return actor.staff_id in (ticket.post.holder_id, _with_facts(ticket).standing_in_id)


def is_co_owner(actor: Actor, ticket: Ticket) -> bool:
    """Acts for a post that an escalation made answerable beside the handler."""
    return actor.staff_id in _with_facts(ticket).co_owning_staff


def has_come_up(ticket: Ticket) -> bool:
    """Whether somebody above the handler was told; the warning before due is not that."""
    return bool(ticket.level)


def ends_by_decision(ticket: Ticket) -> bool:
    """A notice about intellectual property is forwarded, and its days are kept, before it ends."""
    return ticket.kind == Kind.IP_NOTICE and hasattr(ticket, "ip_notice")


def is_to_be_decided(ticket: Ticket) -> bool:
    """It has bounced: whoever dispatches says where it stays, and why."""
    return ticket.state == State.RECEIVED and ticket.times_returned >= MOST_RETURNS


def needs_second_person(ticket: Ticket) -> bool:
    return ticket.severity in SECOND_PERSON


def forget_facts(ticket: Ticket) -> None:
    """The ticket has changed: what `for_acting` read with it may be true no longer."""
    for fact in FACTS:
        ticket.__dict__.pop(fact, None)


def _permitted(actor: Actor, ticket: Ticket, verbs: list[Verb]) -> list[Verb]:
    if actor.kind is ActorKind.SYSTEM:
        return [verb for verb in verbs if _system_may(verb, ticket)]
    if actor.ticket_id is not None:
        theirs = CODE_HOLDER_MAY if actor.ticket_id == ticket.pk else frozenset()
        return [verb for verb in verbs if verb in theirs]
    if actor.kind is ActorKind.REPORTER:
        theirs = REPORTER_ON_PRIVACY if ticket.kind == Kind.PRIVACY else REPORTER_MAY
        mine = [verb for verb in verbs if verb in theirs]
        return [verb for verb in mine if _reporter_may(verb, ticket)] if _own(actor, ticket) else []
    if actor.staff_id in ticket.named_ids:
        return []
    asked = [verb for verb in verbs if _arises(verb, ticket)]
    if ticket.kind in GATED:
        asked = [verb for verb in asked if verb not in NOT_FOR_GATED]
    if ticket.kind == Kind.PRIVACY:
        asked = [verb for verb in asked if verb in ON_PRIVACY]
    needs = {verb: permission_for(verb, ticket) for verb in asked if verb in STAFF_NEEDS}
    held = access.scopes(actor, {*opening(ticket.kind), *needs.values(), DECIDE})
    if not _sees(actor, ticket, held):
        return []
    kept_out = _kept_out(actor, ticket)
    in_hand = _opened_by_hand(actor, ticket, held[DECIDE])
    return [
        verb
        for verb, permission in needs.items()
        if (held[permission].covers(ticket.unit) or verb in in_hand)
        and verb not in kept_out
        and (verb != Measure.END_SUPERVISION or _may_release(held[permission], ticket))
    ]


def _opened_by_hand(actor: Actor, ticket: Ticket, deciding: Scope) -> frozenset[Verb]:
    """What one may do because the ticket lies with one, beside what one's role may: answering for
    it beside the handler, or having taken it over. Matters that only some may see stay with those
    whose role they are."""
    if is_co_owner(actor, ticket):
        return CO_OWNER_MAY
    if ticket.kind not in GATED and deciding.covers(ticket.unit) and holds(actor, ticket):
        return HOLDER_MAY
    return frozenset()


def _sees(actor: Actor, ticket: Ticket, held: dict[str, Scope]) -> bool:
    """What `TicketQuerySet.visible_to` says of many, of one."""
    if held[view_permission(ticket.kind)].covers(ticket.unit):
        return True
    if ticket.kind in GATED or not held[LEGAL].covers(ticket.unit):
        return False
    return ticket.kind in LEGAL_KINDS or holds(actor, ticket) or is_co_owner(actor, ticket)


def _arises(verb: Verb, ticket: Ticket) -> bool:
    """Decisions wait until the matter came up; people are named by what is about people; what is
    co-ordinated with others is the environment of a community."""
    if verb == Entry.NAME:
        return ticket.kind in NAMING
    if verb == Entry.COORDINATE:
        return ticket.category.code.partition(".")[0] == ENVIRONMENT
    if verb == Action.MERGE or verb in REGRADES:
        # each has its own holder, days and decision
        return ticket.kind != Kind.IP_NOTICE
    if verb in IP_STEPS:
        return ticket.kind == Kind.IP_NOTICE
    return has_come_up(ticket) or not isinstance(verb, Decision)


def _kept_out(actor: Actor, ticket: Ticket) -> frozenset[Verb]:
    """What takes somebody else than this member of staff."""
    found: frozenset[Verb] = frozenset()
    if actor.staff_id is None:
        return found
    if is_handler(actor, ticket):
        found |= NOT_BY_HANDLER
    if holds(actor, ticket):
        found |= NOT_BY_HOLDER
    if actor.staff_id == ticket.extension_asker_id:
        found |= NOT_BY_ASKER
    if is_co_owner(actor, ticket):
        found |= {Action.WITHDRAW}
    if actor.staff_id not in ticket.awaited_staff:
        found |= {Decision.ACKNOWLEDGE}
    return found


def _may_release(scope: Scope, ticket: Ticket) -> bool:
    """Nobody ends what somebody above them watches."""
    paths = ticket.supervision_paths
    return not paths or any(scope.covers_path(path) for path in paths)


def permission_for(verb: Verb, ticket: Ticket) -> str:
    permission = STAFF_NEEDS[verb]
    if ticket.kind == Kind.PRIVACY:
        return PRIVACY_NEEDS.get(permission, permission)
    if ticket.kind == Kind.INTEGRITY:
        return INTEGRITY_NEEDS.get(permission, permission)
    if permission == CALL_BACK and ticket.account_id is not None:
        return ACCOUNT_CALL_BACK
    return permission


def _system_may(verb: Verb, ticket: Ticket) -> bool:
    return verb not in SYSTEM_MAY_NOT and not _closes_a_serious_one(verb, ticket)


def _reporter_may(verb: Verb, ticket: Ticket) -> bool:
    return not _closes_a_serious_one(verb, ticket)


def _closes_a_serious_one(verb: Verb, ticket: Ticket) -> bool:
    """A member of staff who did not do the work has to look at it."""
    return verb == Action.CLOSE and needs_second_person(ticket)


def _own(actor: Actor, ticket: Ticket) -> bool:
    reporter = getattr(ticket, "reporter", None)
    if reporter is None or reporter.subject_id is None or actor.subject_id is None:
        return False
    if reporter.subject_id == actor.subject_id:
        return True
    same = DataSubject.objects.closure_of([actor.subject_id])
    return same.filter(pk=reporter.subject_id).exists()


def _with_facts(ticket: Ticket) -> Ticket:
    """The ticket as `for_acting` reads it, which costs a statement unless it was read so."""
    if hasattr(ticket, "named_ids"):
        return ticket
    from complaints.models import Ticket

    return Ticket.objects.acting_on(ticket.pk)
