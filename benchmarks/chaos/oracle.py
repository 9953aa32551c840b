"""What is true in the database, held against the ledger and against the policies' own rows.

Knows no line of the product's code: it reads tables over a connection of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks.chaos import questions
from benchmarks.chaos.ledger import Line

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: its code, how many, and a few of them by name."""

    code: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        more = " …" if self.count > len(self.examples) else ""
        return f"{self.code} {self.count}: {', '.join(self.examples)}{more}"


@dataclass(slots=True)
class Verdict:
    """What was owed and acknowledged, and everything that is wrong. `lost` and `doubled` add up the
    findings of those kinds; `lateness` is in seconds, one for each level that fired."""

    acknowledged: int = 0
    owed: int = 0
    overtaken: int = 0
    lateness: list[float] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return self._sum("lost")

    @property
    def doubled(self) -> int:
        return self._sum("doubled")

    @property
    def wrong(self) -> int:
        return sum(each.count for each in self.findings) - self.lost - self.doubled

    def add(self, code: str, names: Sequence[str]) -> None:
        if names:
            self.findings.append(Finding(code, len(names), tuple(names[:_EXAMPLES])))

    def _sum(self, kind: str) -> int:
        return sum(each.count for each in self.findings if each.code.startswith(kind))


#: code of the finding, its question; `lost` and `doubled` are what the codes begin with
_WINDOWED = (
    ("lost levels", questions.LOST_LEVELS),
    ("doubled levels", questions.DOUBLED_LEVELS),
    ("early levels", questions.EARLY_LEVELS),
    ("levels after the end", questions.AFTER_THE_END),
    ("levels at a wrong moment", questions.WRONG_MOMENTS),
)
_WHOLE = (
    ("levels of no ladder", questions.STRAY_EVENTS),
    ("lost notices", questions.UNTOLD),
    ("doubled notices", questions.TOLD_TWICE),
    ("notices of nothing", questions.TOLD_OF_NOTHING),
    ("lost or doubled letters of notices", questions.LETTERS_OF_NOTICES),
    ("history of sweeps", questions.HISTORY_OF_SWEEPS),
)


def now(connection: psycopg.Connection) -> datetime:
    moment: datetime = connection.execute(questions.NOW).fetchall()[0][0]
    return moment


def lost_levels(connection: psycopg.Connection, until: datetime) -> int:
    """How many levels that are due by `until` have not fired yet."""
    values = {"since": ALWAYS, "until": until}
    return len(connection.execute(questions.LEVELS + questions.LOST_LEVELS, values).fetchall())


def silent_wakers(connection: psycopg.Connection, since: datetime) -> list[str]:
    return _names(connection, questions.SILENT, {"since": since})


def judge(
    connection: psycopg.Connection,
    ledger: Iterable[Line],
    *,
    since: datetime = ALWAYS,
    until: datetime,
    tried: int | None = None,
) -> Verdict:
    """Everything that fell due after `since` and by `until`, and everything acknowledged.

    `tried` is how many matters the callers brought forward, where that is to be held against the
    tickets there are.
    """
    verdict, values = Verdict(), {"since": since, "until": until}
    for code, question in _WINDOWED:
        verdict.add(code, _names(connection, questions.LEVELS + question, values))
    for code, question in _WHOLE:
        verdict.add(code, _names(connection, question, values))
    verdict.add("history", _names(connection, _history(connection), values))
    verdict.owed = _number(connection, questions.LEVELS + questions.OWED, values)
    verdict.overtaken = _number(connection, questions.LEVELS + questions.OVERTAKEN, values)
    late = connection.execute(questions.LEVELS + questions.LATENESS, values).fetchall()
    verdict.lateness = [float(row[0]) for row in late]
    _hold_against(connection, list(ledger), tried, verdict)
    return verdict


def _hold_against(
    connection: psycopg.Connection, ledger: list[Line], tried: int | None, verdict: Verdict
) -> None:
    verdict.acknowledged = len(ledger)
    values = {"tickets": [each.ticket for each in ledger], "acts": [each.did for each in ledger]}
    lost: list[str] = []
    doubled: list[str] = []
    for ticket, did, count in connection.execute(questions.ACKNOWLEDGED, values).fetchall():
        (doubled if count > 1 else lost).append(f"{did} {ticket}")
    verdict.add("lost acknowledged", lost)
    verdict.add("doubled acts", doubled)
    keys = Counter(each.ticket for each in ledger if each.did == "create")
    verdict.add("doubled answers", [ticket for ticket, count in keys.items() if count > 1])
    if tried is not None:
        extra = _number(connection, questions.REPORTED, {}) - tried
        verdict.add("doubled tickets", ["more tickets than matters"] * max(0, extra))


def _history(connection: psycopg.Connection) -> str:
    columns = sorted(row[0] for row in connection.execute(questions.COLUMNS).fetchall())
    return questions.HISTORY.format(
        ticket_columns=", ".join(f'ticket."{each}"' for each in columns),
        past_columns=", ".join(f'past."{each}"' for each in columns),
    )


def _names(connection: psycopg.Connection, question: str, values: dict[str, Any]) -> list[str]:
    return [row[0] for row in connection.execute(question, values).fetchall()]


def _number(connection: psycopg.Connection, question: str, values: dict[str, Any]) -> int:
    number: int = connection.execute(question, values).fetchall()[0][0]
    return number
