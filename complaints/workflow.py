"""The life of a ticket as one table.

Read this first: the API, the pages and the tests derive from it what may happen next. A missing
pair of state and action is refused with `InvalidTransition`.
"""

from __future__ import annotations

from complaints.enums import Action, State

#: states in which a matter is still to be solved: it can join another one, and be joined
UNSOLVED = (
    State.RECEIVED,
    State.ASSIGNED,
    State.ACCEPTED,
    State.IN_PROGRESS,
    State.WAITING_RESIDENT,
    State.WAITING_SUPPLIER,
    State.REOPENED,
)

#: (state, action) -> state afterwards
TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.RECEIVED, Action.ASSIGN): State.ASSIGNED,
    (State.RECEIVED, Action.REJECT): State.REJECTED,
    (State.RECEIVED, Action.WITHDRAW): State.WITHDRAWN,
    (State.ASSIGNED, Action.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Action.ACCEPT): State.ACCEPTED,
    (State.ASSIGNED, Action.RETURN): State.RECEIVED,
    (State.ASSIGNED, Action.REJECT): State.REJECTED,
    (State.ASSIGNED, Action.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Action.ASSIGN): State.ASSIGNED,
    (State.ACCEPTED, Action.START): State.IN_PROGRESS,
    (State.ACCEPTED, Action.RETURN): State.RECEIVED,
    (State.ACCEPTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.IN_PROGRESS, Action.ASSIGN): State.ASSIGNED,
    (State.IN_PROGRESS, Action.WAIT_RESIDENT): State.WAITING_RESIDENT,
    (State.IN_PROGRESS, Action.WAIT_SUPPLIER): State.WAITING_SUPPLIER,
    (State.IN_PROGRESS, Action.RETURN): State.RECEIVED,
    (State.IN_PROGRESS, Action.RESOLVE): State.RESOLVED,
    (State.IN_PROGRESS, Action.WITHDRAW): State.WITHDRAWN,
    (State.WAITING_RESIDENT, Action.RESUME): State.IN_PROGRESS,
    (State.WAITING_RESIDENT, Action.RESOLVE): State.RESOLVED,
    (State.WAITING_RESIDENT, Action.WITHDRAW): State.WITHDRAWN,
    (State.WAITING_SUPPLIER, Action.RESUME): State.IN_PROGRESS,
    (State.WAITING_SUPPLIER, Action.RESOLVE): State.RESOLVED,
    (State.WAITING_SUPPLIER, Action.WITHDRAW): State.WITHDRAWN,
    (State.RESOLVED, Action.REOPEN): State.REOPENED,
    (State.RESOLVED, Action.CALL_BACK): State.CALL_BACK,
    (State.RESOLVED, Action.CLOSE): State.CLOSED,
    (State.CALL_BACK, Action.CONFIRM): State.RESOLVED,
    (State.CALL_BACK, Action.REOPEN): State.REOPENED,
    (State.CALL_BACK, Action.CLOSE): State.CLOSED,
    (State.CLOSED, Action.REOPEN): State.REOPENED,
    # a refusal does not end the matter for who does not accept it
    (State.REJECTED, Action.REOPEN): State.REOPENED,
    (State.REOPENED, Action.ASSIGN): State.ASSIGNED,
    (State.REOPENED, Action.ACCEPT): State.ACCEPTED,
    (State.REOPENED, Action.RETURN): State.RECEIVED,
    (State.REOPENED, Action.WITHDRAW): State.WITHDRAWN,
    # undoing a merge leads back to the state before and so is no transition (services.merging)
    **{(state, Action.MERGE): State.MERGED for state in UNSOLVED},
    (State.MERGED, Action.REOPEN): State.REOPENED,
}

#: states in which no clock of the handling runs and nothing more is due
TERMINAL = (State.CLOSED, State.WITHDRAWN, State.REJECTED, State.MERGED)

#: the work is said to be done; whether it is, the resident says
DONE = (State.RESOLVED, State.CALL_BACK)

#: states that stop the clocks for what the resident or a supplier must do
WAITING = (State.WAITING_RESIDENT, State.WAITING_SUPPLIER)


def target(state: State, action: Action) -> State | None:
    """The state after `action`, or None where the table does not allow it."""
    return TRANSITIONS.get((state, action))


def actions(state: State) -> list[Action]:
    """What the table allows in this state, in the table's order."""
    return [action for (source, action) in TRANSITIONS if source == state]
