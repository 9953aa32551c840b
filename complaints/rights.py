"""Which right each verb needs, and in which states and by whom it is kept away: tables without a
query. `complaints.policies` asks them."""

from __future__ import annotations

from typing import Final

from complaints import workflow
from complaints.call_back_queries import CALL_BACK
from complaints.enums import Action, Decision, Entry, Kind, Measure, Remedy, Severity, State, Tie

Verb = Action | Entry | Decision | Measure | Tie | Remedy

HANDLE: Final = "tickets.handle"
ASSIGN: Final = "tickets.assign"
CREATE: Final = "tickets.create"
CLOSE: Final = "tickets.close"
REPLY: Final = "tickets.reply"
NOTE: Final = "tickets.note"
DECIDE: Final = "escalations.decide"
EXTEND: Final = "tickets.extend"
SUPERVISE: Final = "tickets.supervise"
HEAR: Final = "escalations.receive"

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
    Action.RETURN: HANDLE,
    Action.CALL_BACK: CLOSE,
    Entry.REPLY: REPLY,
    Entry.NOTE: NOTE,
    Entry.ADD: CREATE,
    Entry.URGE: CREATE,
    Entry.NAME: ASSIGN,
    Entry.COORDINATE: REPLY,
    Entry.FORWARD: HANDLE,
    Entry.COUNTER: HANDLE,
    Entry.DECIDE: HANDLE,
    Decision.TAKE_OVER: DECIDE,
    Decision.GIVE_BACK: DECIDE,
    Measure.ASK_EXTENSION: HANDLE,
    Measure.GRANT_EXTENSION: EXTEND,
    Measure.REFUSE_EXTENSION: EXTEND,
    Measure.SUPERVISE: SUPERVISE,
    Measure.END_SUPERVISION: SUPERVISE,
    Measure.RECORD_CALL: CALL_BACK,
    # whoever sees a danger says so; that there is none, somebody says who does not work on it
    Measure.RAISE: NOTE,
    Measure.LOWER: ASSIGN,
    Measure.ACCOUNT: ASSIGN,
    Decision.ACKNOWLEDGE: HEAR,
    Action.MERGE: ASSIGN,
    Tie.UNMERGE: ASSIGN,
    Tie.LINK: NOTE,
    Tie.UNLINK: NOTE,
    Remedy.PLAN: ASSIGN,
    Remedy.HAND_OVER: ASSIGN,
    Remedy.COMPLETE: NOTE,
    Remedy.VERIFY: CLOSE,
    Remedy.RETURN: CLOSE,
}

#: a privacy request is nobody's but the privacy officer's; the approver is the second person
PRIVACY_NEEDS: Final[dict[str, str]] = {
    HANDLE: "privacy.plan",
    NOTE: "privacy.view",
    CREATE: "privacy.verify",
    DECIDE: "privacy.approve",
    HEAR: "privacy.approve",
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

#: an integrity report is given on, its people are named, and more time for it is granted by those
#: alone who may see it
INTEGRITY_NEEDS: Final[dict[str, str]] = {
    ASSIGN: "integrity.view",
    DECIDE: "integrity.view",
    EXTEND: "integrity.view",
}

#: what a reporter nobody knows may do with the report whose code they showed: say more, and object
#: to how it ended (docs/adr/0149)
CODE_HOLDER_MAY: Final[frozenset[Verb]] = frozenset({Entry.ADD, Action.REOPEN})

#: what a resident may do with what they reported
REPORTER_MAY: Final[frozenset[Verb]] = frozenset(
    {Action.REOPEN, Action.CLOSE, Action.WITHDRAW, Entry.ADD, Entry.URGE, Entry.RATE}
)

#: the person may take a privacy request back; once it has begun, that changes nothing any more
REPORTER_ON_PRIVACY: Final[frozenset[Verb]] = frozenset({Action.WITHDRAW, Entry.ADD})

#: the system acts for nobody: it neither rates nor decides nor closes what needs a second person
SYSTEM_MAY_NOT: Final[frozenset[Verb]] = frozenset(
    {
        Entry.RATE,
        Entry.NAME,
        Entry.COORDINATE,
        Entry.FORWARD,
        Entry.COUNTER,
        Entry.DECIDE,
        Action.RETURN,
        Action.CONFIRM,
        Action.MERGE,
        *Decision,
        *Measure,
        *Tie,
        *Remedy,
    }
)

#: the two ways in which a severity is corrected
REGRADES: Final = frozenset({Measure.RAISE, Measure.LOWER})

#: known to its own people alone: there is no dispatch to return it to, nobody else rings up, and it
#: has no ties to others and no owners elsewhere
NOT_FOR_GATED: Final[frozenset[Verb]] = frozenset(
    {
        Action.RETURN,
        Action.CALL_BACK,
        Action.MERGE,
        Measure.RECORD_CALL,
        *REGRADES,
        Measure.ACCOUNT,
        *Tie,
        *Remedy,
    }
)

#: what the handler may not do alone
NOT_BY_HANDLER: Final[frozenset[Verb]] = frozenset(
    {
        Action.CLOSE,
        Action.WITHDRAW,
        Measure.GRANT_EXTENSION,
        Measure.REFUSE_EXTENSION,
        Measure.RECORD_CALL,
        Measure.LOWER,
    }
)

#: what is the holder's already
NOT_BY_HOLDER: Final[frozenset[Verb]] = frozenset({Decision.TAKE_OVER})

#: what nobody decides about their own request
NOT_BY_ASKER: Final[frozenset[Verb]] = frozenset(
    {Measure.GRANT_EXTENSION, Measure.REFUSE_EXTENSION}
)

#: verbs that a page or the API offers by the ticket; the others are offered by what they change
OFFERED: Final[tuple[Verb, ...]] = (
    *Action,
    *Entry,
    *Decision,
    *Measure,
    Tie.UNMERGE,
    Tie.LINK,
    Remedy.PLAN,
)

#: what having the ticket in hand opens to those who may take it over, whatever their role handles
#: otherwise: it would lie with somebody who can only give it away (docs/adr/0112)
HOLDER_MAY: Final[frozenset[Verb]] = frozenset(
    {verb for verb, permission in STAFF_NEEDS.items() if permission == HANDLE}
    | {Entry.REPLY, Entry.NOTE}
)

#: what being answerable beside the handler opens
CO_OWNER_MAY: Final[frozenset[Verb]] = HOLDER_MAY | {Decision.GIVE_BACK}

#: what `for_acting` reads along with a ticket
FACTS: Final = (
    "named_ids",
    "handler_ids",
    "co_owner_ids",
    "co_owning_staff",
    "awaited_staff",
    "merged_ids",
    "open_extension_id",
    "extension_asker_id",
    "supervisor_ids",
    "supervision_paths",
    "times_returned",
    "standing_in_id",
)

SECOND_PERSON: Final = frozenset({Severity.SERIOUS, Severity.SAFETY})

_FINAL: Final = frozenset({State.MERGED, State.WITHDRAWN})

#: matters that may turn out to be about somebody of the staff
NAMING: Final = frozenset({Kind.COMPLAINT, Kind.INTEGRITY})

#: steps of a notice about intellectual property
IP_STEPS: Final = frozenset({Entry.FORWARD, Entry.COUNTER, Entry.DECIDE})

#: states in which the matter is still to be solved, and those in which it is somebody's work
UNSOLVED: Final = frozenset(workflow.UNSOLVED)
#: what lies with the dispatcher was given back already
DECIDED_IN: Final[dict[Decision, frozenset[State]]] = {
    Decision.TAKE_OVER: UNSOLVED,
    Decision.ACKNOWLEDGE: UNSOLVED,
    Decision.GIVE_BACK: UNSOLVED - {State.RECEIVED},
}

#: states in which each measure is taken
MEASURED_IN: Final[dict[Measure, frozenset[State]]] = {
    Measure.ASK_EXTENSION: frozenset({State.ACCEPTED, State.IN_PROGRESS, *workflow.WAITING}),
    Measure.GRANT_EXTENSION: UNSOLVED,
    Measure.REFUSE_EXTENSION: UNSOLVED,
    Measure.SUPERVISE: UNSOLVED | {*workflow.DONE},
    Measure.END_SUPERVISION: UNSOLVED | {*workflow.DONE},
    Measure.RECORD_CALL: frozenset({State.CALL_BACK}),
    Measure.RAISE: UNSOLVED,
    Measure.LOWER: UNSOLVED,
    Measure.ACCOUNT: UNSOLVED,
}

#: states in which an entry is not taken
NO_ENTRY_IN: Final[dict[Entry, frozenset[State]]] = {
    # whoever reported what was merged can be answered in words of their own
    Entry.REPLY: frozenset({State.WITHDRAWN}),
    Entry.NOTE: frozenset({State.MERGED}),
    Entry.ADD: _FINAL | {State.CLOSED, State.REJECTED},
    Entry.COORDINATE: frozenset({*_FINAL, State.CLOSED, State.REJECTED}),
    Entry.FORWARD: frozenset(State) - {State.ACCEPTED, State.IN_PROGRESS},
    Entry.COUNTER: frozenset(State) - {State.IN_PROGRESS},
    Entry.DECIDE: frozenset(State) - {State.IN_PROGRESS, State.WAITING_RESIDENT},
    Entry.NAME: frozenset({*_FINAL, State.CLOSED, State.REJECTED}),
    Entry.URGE: _FINAL | {State.CLOSED, State.REJECTED, *workflow.DONE, State.WAITING_RESIDENT},
    Entry.RATE: frozenset(State) - {*workflow.DONE, State.CLOSED},
}
