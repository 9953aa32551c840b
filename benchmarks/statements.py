"""The statements of one call, in both databases, and their plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections


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
