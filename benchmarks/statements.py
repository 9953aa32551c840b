"""The statements of one call, in both databases, and their plans."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction


@dataclass(frozen=True, slots=True)
class Statement:
    database: str
    sql: str
    parameters: Any


@contextmanager
def noted() -> Iterator[list[Statement]]:
    """Collects what this process sends to either database. BEGIN, COMMIT and the health check of a
    kept connection are not statements of Django's and are not among them."""
    seen: list[Statement] = []

    def note_as(alias: str) -> Callable[..., Any]:
        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.append(Statement(alias, sql, params))
            return execute(sql, params, many, context)

        return note

    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(note_as(alias)))
        yield seen


def plan_of(statement: Statement) -> list[str]:
    """The lines of EXPLAIN; the statement itself is not run."""
    with connections[statement.database].cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement.sql}", statement.parameters)
        return [row[0] for row in cursor.fetchall()]


def plans_of(seen: list[Statement]) -> dict[str, list[str]]:
    """The plans of those that read tables, by the statement."""
    return {
        f"-- {each.database}\n{each.sql.strip()}": plan_of(each)
        for each in seen
        if " FROM " in f" {' '.join(each.sql.split())} " and each.sql.lstrip()[:6] != "INSERT"
    }


_READING = ("SELECT", "UPDATE", "DELETE", "WITH")
_WHOLE = re.compile(r"Seq Scan on (\w+)")


def plans_without_index(seen: list[Statement], *, besides: Collection[str]) -> list[str]:
    """Tables that some statement reads whole even where that is all but forbidden, so that no index
    serves it, and the statement's beginning."""
    found: dict[tuple[str, str], str] = {}
    for each in seen:
        if not each.sql.lstrip().startswith(_READING):
            continue
        with transaction.atomic(each.database), connections[each.database].cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            lines = plan_of(each)
        for table in _WHOLE.findall("\n".join(lines)):
            if table not in besides:
                found.setdefault((table, each.sql), f"{table}: {' '.join(each.sql.split())[:300]}")
    return sorted(found.values())
