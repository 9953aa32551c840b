"""What stands on every page of the console is found where it lies: no statement throws away many
rows of a large table. Counted in rows, which no machine makes more or fewer.
"""

from __future__ import annotations

import json

import pytest
from django.db import connection

from benchmarks.statements import noted
from complaints.models import Ticket
from tests.benchmarks.test_hot_plans import BIG, client_of, seeded  # noqa: F401  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("hot-plans")]

#: read and not shown, of one statement among 20,000 tickets: of a dozen communities one's hundred
#: are found among twelve hundred as they lie
MOST = 2_000
PAGES = {
    "hotline_agent": ("workbench/", "callbacks/", "notices/", "tickets/{}/"),
    "steward": ("workbench/", "work/", "notices/"),
    "project_manager": ("workbench/", "escalated/", "work/"),
    "group_executive": ("workbench/", "escalated/", "work/", "tickets/{}/"),
}


def parts_of(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts_of(part)


def wasted(statement) -> dict[str, int]:
    """Rows of big tables that were read and thrown away, by how they were found."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", statement.parameters)
        found = cursor.fetchone()[0]
    (whole,) = json.loads(found) if isinstance(found, str) else found
    rows: dict[str, int] = {}
    for part in parts_of(whole["Plan"]):
        if part.get("Relation Name") in BIG:
            removed = part.get("Rows Removed by Filter", 0) * part["Actual Loops"]
            how = f"{part['Node Type']} of {part['Relation Name']}"
            rows[how] = rows.get(how, 0) + int(removed)
    return {how: count for how, count in rows.items() if count > MOST}


@pytest.mark.parametrize("role", PAGES)
def test_no_statement_of_a_page_reads_the_company(seeded, role):  # noqa: F811  # the fixture
    client = client_of(role)
    newest = Ticket.objects.order_by("-id")[0].public_id
    heavy = []
    for page in PAGES[role]:
        address = f"/console/{page.format(newest)}"
        with noted() as seen:
            assert client.get(address).status_code == 200
        asked = [each for each in seen if each.database == "default"]
        reading = [each for each in asked if each.sql.lstrip().startswith("SELECT")]
        assert len(reading) > 3
        heavy += [(page, found, each.sql[:600]) for each in reading if (found := wasted(each))]
    assert heavy == []
