"""What stands on every page of the console is found where it lies: no statement throws away many
rows of a large table. Counted in rows, which no machine makes more or fewer.
"""

from __future__ import annotations

import json
import re

import psycopg
import pytest
from django.db import connection

from benchmarks.statements import noted
from complaints.models import Ticket
from organisation.models import Post
from tests.benchmarks.test_hot_plans import BIG, client_of, seeded  # noqa: F401  # a fixture
from tests.emptying import owner_connection

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("hot-plans")]

#: read and not shown, of one statement among 20,000 tickets: of a dozen communities one's hundred
#: are found among twelve hundred as they lie
MOST = 2_000
#: looked at by one statement, whoever asks: of the whole company it would be ten times as many
MOST_BLOCKS = 2_000
PAGES = {
    "hotline_agent": ("workbench/", "callbacks/", "notices/", "tickets/{}/"),
    "steward": ("workbench/", "work/", "notices/"),
    "project_manager": ("workbench/", "escalated/", "work/"),
    "region_service_head": ("workbench/", "callbacks/", "work/", "tickets/{}/"),
    "group_executive": ("workbench/", "escalated/", "work/", "tickets/{}/"),
}


#: a list that nobody has anything in would be looked for in any way, since all would cost nothing
TAKEN_IN = """
ALTER TABLE complaints_ticketevent DISABLE TRIGGER USER;
UPDATE complaints_ticketevent
SET actor_kind = 'staff', staff_id = agents.ids[1 + (ticket_id / 2 % 4)::integer]
FROM (SELECT array_agg(post.holder_id) AS ids FROM organisation_post post
      JOIN organisation_role role ON role.id = post.role_id
      WHERE role.code = 'hotline_agent') agents
WHERE kind = 'received' AND ticket_id % 2 = 0;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE complaints_ticketevent ENABLE TRIGGER USER;
"""


@pytest.fixture(scope="module")
def year(seeded, django_db_blocker):  # noqa: F811  # the fixture
    """The same, of which half was taken in by four agents."""
    with django_db_blocker.unblock(), owner_connection("default") as owner:
        owner.execute(TAKEN_IN)
        owner.execute("ANALYZE complaints_ticketevent")
    return seeded


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


def by_a_kept_plan(statement) -> int:
    """Blocks that it looks at by a plan for all values, which PostgreSQL may go over to when a
    connection has asked the same five times, for whoever asks next."""
    values, text = statement.parameters, statement.sql
    if isinstance(values, dict):
        values = [values[name] for name in dict.fromkeys(re.findall(r"%\((\w+)\)s", text))]
    with connection.get_new_connection(connection.get_connection_params()) as fresh:
        fresh.execute("SET plan_cache_mode = force_generic_plan", prepare=False)
        fresh.execute(text, statement.parameters, prepare=True)
        asking = psycopg.ClientCursor(fresh)
        (name,) = asking.execute("SELECT name FROM pg_prepared_statements").fetchone()
        given = asking.mogrify(f"({', '.join(['%s'] * len(values))})", values) if values else ""
        asking.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE {name}{given}")
        ((found,),) = asking.fetchone()
    return found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"]


def statements_of(role, page):
    holder = Post.objects.filter(role__code=role).select_related("holder")[0].holder
    newest = Ticket.objects.visible_to(holder.actor).order_by("-id")[0].public_id
    client = client_of(role)
    with noted() as seen:
        assert client.get(f"/console/{page.format(newest)}").status_code == 200
    asked = [each for each in seen if each.database == "default"]
    return [each for each in asked if each.sql.lstrip().startswith(("SELECT", "WITH"))]


@pytest.mark.parametrize("role", PAGES)
def test_no_statement_of_a_page_reads_the_company(year, role):
    heavy = []
    for page in PAGES[role]:
        reading = statements_of(role, page)
        assert len(reading) > 3
        heavy += [(page, found, each.sql[:600]) for each in reading if (found := wasted(each))]
    assert heavy == []


@pytest.mark.parametrize("role", PAGES)
def test_a_plan_for_all_values_reads_no_company_either(year, role):
    found = {
        (page, each.sql[:600]): by_a_kept_plan(each)
        for page in PAGES[role]
        for each in statements_of(role, page)
    }
    assert sum(found.values()) > 0
    assert {what: blocks for what, blocks in found.items() if blocks > MOST_BLOCKS} == {}
