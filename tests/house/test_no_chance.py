"""A short number that must not be read is looked for where no random name can hold it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reading import says

TESTS = Path(__file__).parents[1]
#: what a UUID, a token or a microsecond holds by chance
SHORT = re.compile(r"[0-9a-f-]{1,6}|[A-Za-z0-9]{1,3}")


def is_short(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SHORT.fullmatch(node.value) is not None
        and any(letter.isdigit() for letter in node.value)
    )


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    named: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            named |= {each.id: node.value for each in node.targets if isinstance(each, ast.Name)}
    return named


def holds_short(node: ast.expr, named: dict[str, ast.expr]) -> bool:
    if isinstance(node, ast.Name) and node.id in named:
        node = named[node.id]
    if isinstance(node, ast.Starred):
        return holds_short(node.value, named)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(holds_short(each, named) for each in node.elts)
    return is_short(node)


def loops(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.expr, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            yield node, node.target, node.iter
        elif isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            yield from ((node, each.target, each.iter) for each in node.generators)


def compared(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What must not be in what: ``x not in y``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn):
            yield node.left, node.comparators[0]


def is_text(where: ast.expr) -> bool:
    return not isinstance(where, ast.Tuple | ast.List | ast.Set | ast.Dict)


def by_chance(source: str) -> list[int]:
    """The lines where a short number is looked for in a whole text, random parts included."""
    tree = ast.parse(source)
    named = constants(tree)
    found = {what.lineno for what, where in compared(tree) if is_short(what) and is_text(where)}
    for body, target, over in loops(tree):
        if not holds_short(over, named):
            continue
        for what, where in compared(body):
            if ast.dump(what) == ast.dump(target).replace("Store()", "Load()"):
                found |= {what.lineno} if is_text(where) else set()
    return sorted(found)


@pytest.mark.parametrize(
    "source",
    [
        'assert "301" not in page',
        'for each in ("钱先生", "1-101"):\n    assert each not in page.replace(" ", "")',
        'SECRETS = ("X1",)\nfor each in (*SECRETS, name):\n    assert each not in page',
        'assert all(each not in page for each in ("138", name))',
    ],
)
def test_the_rule_sees_what_chance_would_fail(source: str) -> None:
    assert by_chance(source)


@pytest.mark.parametrize(
    "source",
    [
        'assert not says(page, "301")',
        'assert "13812345678" not in page',
        'assert "301" in page',
        'for each in ("1", "2"):\n    assert other not in page',
    ],
)
def test_the_rule_lets_the_rest_alone(source: str) -> None:
    assert by_chance(source) == []


def test_no_test_fails_by_chance() -> None:
    found = {
        f"{path.relative_to(TESTS)}:{line}"
        for path in TESTS.rglob("test_*.py")
        for line in by_chance(path.read_text("utf-8"))
    }
    assert found == set(), "ask says(...) of tests/reading.py"


NAME = "0b1db185-0377-4301-b048-948de79eb80d"
PAGE = (
    f'<a href="/tickets/{NAME}/">四楼</a><input name="csrfmiddlewaretoken" value="J1CwyRJ302">'
    "2026-03-04T10:30:00.303000"
)


@pytest.mark.parametrize("number", ["301", "302", "303"])
def test_a_number_counts_outside_what_is_drawn_alone(number: str) -> None:
    assert number in PAGE
    assert not says(PAGE, number)
    assert says(f"{PAGE} {number} 室", number)


def test_the_name_of_a_row_counts_where_it_stands() -> None:
    assert says(PAGE, NAME)
    assert not says(PAGE, NAME.replace("0b1d", "0b1e"))
