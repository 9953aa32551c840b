"""Array literals say to PostgreSQL exactly what a list says."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.arrays import literal, literals

pytestmark = pytest.mark.django_db

IN_THE_TEST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
moments = st.datetimes(
    dt.datetime(1, 1, 2),
    dt.datetime(9999, 12, 30),
    timezones=st.just(dt.UTC),
)
TYPES = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "numeric": st.decimals(-(10**12), 10**12, places=4),
    "timestamptz": moments,
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
}


class Code(models.TextChoices):
    PLAIN = "in_progress", "处理中"
    NULL = "null", "空"


def read_back(text, kind):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT unnest(%s::{kind}[])", [text])
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("kind", TYPES)
@IN_THE_TEST
@given(data=st.data())
def test_what_goes_in_comes_out(kind, data):
    values = data.draw(st.lists(st.none() | TYPES[kind], max_size=6))

    assert read_back(literal(values), kind) == values


@pytest.mark.parametrize(
    "text", ["", "NULL", "null", '"', "\\", "{a,b}", "a,b", " ", "'; DROP TABLE x; --", "%s", "陈"]
)
def test_no_text_ends_its_element(text):
    assert read_back(literal([text, "next"]), "text") == [text, "next"]


def test_choices_are_written_as_their_codes():
    assert literal([Code.PLAIN, "", Code.NULL]) == '{in_progress,"","null"}'


def test_rows_become_columns():
    rows = [(1, None, Decimal("1.5")), (2, "x", None)]
    assert literals(rows) == ["{1,2}", "{NULL,x}", "{1.5,NULL}"]


def test_nothing_is_an_empty_array():
    assert literal([]) == "{}"
    assert literal([None]) == "{NULL}"
