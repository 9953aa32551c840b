"""Our words and queries as PostgreSQL reads them."""

from __future__ import annotations

import pytest
from django.db import connection

from core import bigrams

pytestmark = pytest.mark.django_db


def matches(text, typed):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_to_tsvector(%s) @@ %s::tsquery",
            [bigrams.words(text), bigrams.query(typed)],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("电梯", True),
        ("电梯故障", True),
        ("障", True),
        ("电", True),
        ("b1", True),
        ("Ｂ１２ 车库", True),
        ("梯电", False),
        ("停水", False),
        ("b13", False),
    ],
)
def test_a_query_finds_what_the_text_holds(typed, found):
    assert matches("B12车库的电梯故障", typed) is found


def test_what_the_query_language_would_mistake_is_only_text():
    assert matches("it's a 'test' & more | 吗", "'test' & more | 吗")
    assert not matches("电梯", "'; DROP TABLE x; -- !电 <-> \\")


def test_a_text_without_words_is_indexed_as_nothing():
    assert not matches("！？。", "电梯")
