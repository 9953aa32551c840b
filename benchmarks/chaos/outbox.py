"""The outbox held against what the receivers took, each kind of receiver by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks.chaos import questions
from benchmarks.chaos.oracle import ALWAYS, Verdict

EMAIL: Final = "email"
#: who is told no id: a repeat is known by its words, and no two messages say the same
_WITHOUT_ID: Final = "wecom"
#: what must have been written for each, whatever became of it
_OWED: Final = {
    "sms": questions.SHORT_MESSAGES,
    "wecom": questions.ROBOTS,
    "dingtalk": questions.ROBOTS,
    "webhook": questions.ANNOUNCEMENTS,
}
_GIVEN_UP = ("dead", "dropped")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a receiver took, when, and the id that it had."""

    at: float
    channel: str
    id: str


def read(folder: Path) -> list[Taken]:
    """What the receivers' own ledgers say, each in the order in which they took it."""
    letters = (Taken(each["at"], EMAIL, _bare(each["id"])) for each in _lines(folder / "taken"))
    others = (Taken(**each) for each in _lines(folder / "http-taken"))
    return [*letters, *others]


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _bare(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def waiting(connection: psycopg.Connection, channels: Iterable[str], until: datetime) -> int:
    rows = connection.execute(questions.STUCK, {"channels": list(channels), "until": until})
    count: int = rows.fetchall()[0][0]
    return count


def turn_back_offs(connection: psycopg.Connection) -> None:
    """Whatever rests until later may be tried again now."""
    connection.execute(questions.NO_BACK_OFF)
    connection.execute(questions.NO_REST)
    connection.execute(questions.NO_SILENCE)


def judge(
    connection: psycopg.Connection,
    channel: str,
    read: Callable[[], Iterable[Taken]],
    *,
    since: datetime = ALWAYS,
    until: datetime,
) -> Verdict:
    """What was written after `since` and by `until`; call it when that should have gone. What was
    taken twice under the id it had is no finding: it is the promise (docs/adr/0034).

    The desk goes on: what counts as sent is asked before the ledgers are read, what was ever begun
    after.
    """
    verdict = Verdict()
    values = {"channel": channel, "since": since, "until": until}
    rows = connection.execute(questions.MESSAGES, values).fetchall()
    sent_ever = connection.execute(questions.SENT, values).fetchall()[0][0]
    taken = [each for each in read() if each.channel == channel]
    first: dict[str, float] = {}
    for each in taken:
        first.setdefault(each.id, each.at)
    sent = {row[0]: row[3].timestamp() for row in rows if row[1] == "sent"}
    verdict.acknowledged = len(sent)
    verdict.add("lost letters: left in the outbox", [row[0] for row in rows if row[1] == "queued"])
    given_up = [row[0] for row in rows if row[2] and row[1] in _GIVEN_UP]
    verdict.add("lost letters: given up", given_up)
    if question := _OWED.get(channel):
        owed = connection.execute(question, values).fetchall()
        verdict.add("lost or doubled letters", [row[0] for row in owed])
    if channel == _WITHOUT_ID:
        begun = connection.execute(questions.BEGUN, values).fetchall()[0][0]
        verdict.add("lost letters: sent, not taken", ["a text"] * (sent_ever - len(first)))
        verdict.add("letters nobody wrote", ["a text"] * (len(taken) - begun))
        return verdict
    verdict.add("lost letters: sent, not taken", [each for each in sent if each not in first])
    known = {row[0] for row in connection.execute(questions.IDS, values).fetchall()}
    verdict.add("letters nobody wrote", sorted(set(first) - known))
    verdict.lateness = [first[each] - at for each, at in sent.items() if each in first]
    return verdict
