"""What one may do with a ticket. The workflow says what its state allows, this says who may.

Every rule asks for a permission, never for a role, and for the right to see the ticket first. A
member of staff whom the ticket names may do nothing with it (docs/adr/0005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from complaints import workflow
from complaints.enums import Action, Decision, Entry, Kind, Severity, State
from complaints.querysets import view_permission
from core.actors import Actor, ActorKind
from core.errors import NotAllowed
from organisation import access
from organisation.models import Unit
from privacy.vault.models import DataSubject

if TYPE_CHECKING:
    from complaints.models import Ticket

Verb = Action | Entry | Decision

HANDLE: Final = "tickets.handle"
ASSIGN: Final = "tickets.assign"
CREATE: Final = "tickets.create"
CLOSE: Final = "tickets.close"
REPLY: Final = "tickets.reply"
NOTE: Final = "tickets.note"
DECIDE: Final = "escalations.decide"

#: what staff and machines need for each verb
STAFF_NEEDS: Final[dict[Verb, str]] = {
    Action.ASSIGN: ASSIGN,
    Action.ACCEPT: HANDLE,
    Action.START: HANDLE,
    Action.WAIT_RESIDENT: HANDLE,
    Action.WAIT_SUPPLIER: HANDLE,
    Action.RESUME: HANDLE,
    Action.RESOLVE: HANDLE,
    Action.REOPEN: CREATE,
    Action.CLOSE: CLOSE,
    Action.WITHDRAW: CREATE,
    Action.REJECT: ASSIGN,
    Entry.REPLY: REPLY,
    Entry.NOTE: NOTE,
    Entry.ADD: CREATE,
    Entry.URGE: CREATE,
    Decision.TAKE_OVER: DECIDE,
    Decision.GIVE_BACK: DECIDE,
}

#: a privacy request is nobody's but the privacy officer's; the approver is the second person
PRIVACY_NEEDS: Final[dict[str, str]] = {
    HANDLE: "privacy.plan",
    NOTE: "privacy.view",
    CREATE: "privacy.verify",
    DECIDE: "privacy.approve",
}

#: a privacy request ends by its own steps alone: on its ticket nobody answers, ends or hands it on
#: (docs/adr/0017)
ON_PRIVACY: Final[frozenset[Verb]] = frozenset(
    {
        Action.ACCEPT,
        Action.START,
        Action.WAIT_RESIDENT,
        Action.WAIT_SUPPLIER,
        Action.RESUME,
        Entry.NOTE,
        Entry.ADD,
        *Decision,
    }
)

#: what a resident may do with what they reported
REPORTER_MAY: Final[frozenset[Verb]] = frozenset(
    {Action.REOPEN, Action.CLOSE, Action.WITHDRAW, Entry.ADD, Entry.URGE, Entry.RATE}
)

#: the person may take a privacy request back; once it has begun, that changes nothing any more
REPORTER_ON_PRIVACY: Final[frozenset[Verb]] = frozenset({Action.WITHDRAW, Entry.ADD})

#: the system acts for nobody: it neither rates nor decides nor closes what needs a second person
SYSTEM_MAY_NOT: Final[frozenset[Verb]] = frozenset({Entry.RATE, *Decision})

#: what the handler may not do alone
NOT_BY_HANDLER: Final[frozenset[Verb]] = frozenset(
    {Action.CLOSE, Action.WITHDRAW, Decision.TAKE_OVER}
)

SECOND_PERSON: Final = frozenset({Severity.SERIOUS, Severity.SAFETY})

_FINAL: Final = frozenset({State.MERGED, State.WITHDRAWN})

#: states in which a matter that came up is still somebody's work
DECIDED_IN: Final = frozenset(State) - {*workflow.TERMINAL, State.RESOLVED, State.CALL_BACK}

#: states in which an entry is not taken
NO_ENTRY_IN: Final[dict[Entry, frozenset[State]]] = {
    Entry.REPLY: _FINAL,
    Entry.NOTE: frozenset({State.MERGED}),
    Entry.ADD: _FINAL | {State.CLOSED, State.REJECTED},
    Entry.URGE: _FINAL | {State.CLOSED, State.REJECTED, State.RESOLVED, State.WAITING_RESIDENT},
    Entry.RATE: frozenset(State) - {State.RESOLVED, State.CLOSED},
}


def require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed


def possible(verb: Verb, state: str) -> bool:
    """Whether the ticket's state allows it at all, whoever asks."""
    if isinstance(verb, Action):
        return workflow.target(State(state), verb) is not None
    if isinstance(verb, Decision):
        return State(state) in DECIDED_IN
    return State(state) not in NO_ENTRY_IN[verb]


def allowed_actions(actor: Actor, ticket: Ticket) -> list[str]:
    """What this actor may do with this ticket now, in the order of the workflow."""
    ticket = _with_facts(ticket)
    verbs: list[Verb] = [*Action, *Entry, *Decision]
    now = [verb for verb in verbs if possible(verb, ticket.state)]
    return [verb.value for verb in _permitted(actor, ticket, now)]


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
    """Holds the ticket's post, stands in for it, or said that the work is done."""
    if actor.staff_id is None:
        return False
    post = ticket.post
    holders = (post.holder_id, post.stand_in_id) if post else ()
    return actor.staff_id in (*holders, _with_facts(ticket).resolver_id)


def has_come_up(ticket: Ticket) -> bool:
    """Whether somebody above the handler was told; the warning before due is not that."""
    return bool(ticket.level)


def needs_second_person(ticket: Ticket) -> bool:
    return ticket.severity in SECOND_PERSON


def forget_facts(ticket: Ticket) -> None:
    """The ticket has changed: what `for_acting` read with it may be true no longer."""
    for fact in ("named_ids", "resolver_id"):
        ticket.__dict__.pop(fact, None)


def _permitted(actor: Actor, ticket: Ticket, verbs: list[Verb]) -> list[Verb]:
    if actor.kind is ActorKind.SYSTEM:
        return [verb for verb in verbs if _system_may(verb, ticket)]
    if actor.kind is ActorKind.REPORTER:
        theirs = REPORTER_ON_PRIVACY if ticket.kind == Kind.PRIVACY else REPORTER_MAY
        mine = [verb for verb in verbs if verb in theirs]
        return [verb for verb in mine if _reporter_may(verb, ticket)] if _own(actor, ticket) else []
    if actor.staff_id in ticket.named_ids:
        return []
    if ticket.kind == Kind.PRIVACY:
        verbs = [verb for verb in verbs if verb in ON_PRIVACY]
    asked = [verb for verb in verbs if has_come_up(ticket) or not isinstance(verb, Decision)]
    needs = {verb: permission_for(verb, ticket) for verb in asked if verb in STAFF_NEEDS}
    seeing = view_permission(ticket.kind)
    held = access.scopes(actor, {seeing, *needs.values()})
    if not held[seeing].covers(ticket.unit):
        return []
    return [
        verb
        for verb, permission in needs.items()
        if held[permission].covers(ticket.unit)
        and not (verb in NOT_BY_HANDLER and is_handler(actor, ticket))
    ]


def permission_for(verb: Verb, ticket: Ticket) -> str:
    permission = STAFF_NEEDS[verb]
    return PRIVACY_NEEDS[permission] if ticket.kind == Kind.PRIVACY else permission


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

    return Ticket.objects.for_acting().get(pk=ticket.pk)
