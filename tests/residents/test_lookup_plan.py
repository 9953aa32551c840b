"""The caller lookup at size: it must go by its indexes, whoever calls."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.conf import settings
from django.db import connection

from residents.services import people
from tests.emptying import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 60_000

# ids, indexes and sealed columns of the right shape; what they would open to does not matter here
FILL = [
    """
    INSERT INTO vault_datasubject (id, trace, created_at, merged_into_id)
    SELECT md5('s' || n)::uuid, md5('t' || n)::uuid, now(), NULL FROM generate_series(1, %(n)s) n
    """,
    """
    UPDATE vault_datasubject SET merged_into_id = md5('s' || n + 1)::uuid
    FROM generate_series(50, %(n)s - 1, 50) n WHERE id = md5('s' || n)::uuid
    """,
    """
    INSERT INTO residents_person (subject_id, name_sealed, name_index, is_minor, do_not_call,
                                  preferred_language, created_at)
    SELECT md5('s' || n)::uuid, sha256(n::text::bytea), sha256((n %% 900)::text::bytea), false,
           false, 'zh-hans', now()
    FROM generate_series(1, %(n)s) n
    """,
    """
    INSERT INTO residents_contactpoint (subject_id, kind, sealed, blind_index, verified_at, login)
    SELECT md5('s' || n)::uuid, 'phone', sha256(n::text::bytea), sha256((n / 2)::text::bytea),
           NULL, n %% 2 = 0
    FROM generate_series(1, %(n)s) n
    """,
]


@pytest.fixture
def many(transactional_db) -> None:
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"n": PEOPLE})
    with owner_connection("default") as owner:  # gathering statistics is the owner's right
        owner.execute("ANALYZE")


def plan(**values) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) " + people._CALLERS.format(found=people._BY_NUMBER),
            {"zone": settings.TIME_ZONE, **values},
        )
        [[answer]] = cursor.fetchall()
    return answer[0] if isinstance(answer, list) else json.loads(answer)[0]


def scanned(node: dict) -> dict[str, set[str]]:
    """How each table is read, by name."""
    found: dict[str, set[str]] = {}
    if "Relation Name" in node:
        found.setdefault(node["Relation Name"], set()).add(node["Node Type"])
    for child in node.get("Plans", []):
        for table, kinds in scanned(child).items():
            found.setdefault(table, set()).update(kinds)
    return found


@pytest.mark.parametrize(
    ("line", "found"),
    [(7, 2), (29_999, 2), (25, 1), (999_999, 0)],
    ids=["early", "late", "two that are one", "nobody"],
)
def test_a_number_is_found_by_indexes_alone(many, line: int, found: int):
    index = hashlib.sha256(str(line).encode()).digest()

    answer = plan(index=index)

    assert answer["Plan"]["Actual Rows"] == found
    read = scanned(answer["Plan"])
    for table in ("residents_contactpoint", "vault_datasubject", "residents_person"):
        assert "Seq Scan" not in read[table], read
