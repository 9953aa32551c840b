"""A test that commits leaves nothing to the next one, and takes nothing from it."""

from __future__ import annotations

import pytest
from django.conf import settings

from complaints.models import TicketEvent
from organisation.models import Role
from tests import emptying
from tests.factories import Company, make_person, make_ticket


def everything():
    found = {}
    for alias in settings.DATABASES:
        with emptying.owner_connection(alias) as connection:
            tables = dict(connection.execute(emptying._TABLES).fetchall())
            found[alias] = {
                table: sorted(emptying._read(connection, table).splitlines()) for table in tables
            }
            found[alias]["next"] = sorted(connection.execute(emptying._SEQUENCES).fetchall())
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("many", [emptying.MANY, 1], ids=["by deleting", "by truncating"])
def test_all_is_as_it_was(monkeypatch, many):
    emptying.empty(None)  # a test that was rolled back has drawn numbers
    before = everything()
    company = Company()
    person = make_person(dwelling=company.dwelling)
    make_ticket(company, reporter_subject=person.subject_id)
    Role.objects.filter(code="steward").update(name="管家甲")
    changed = everything()
    assert all(changed[alias] != before[alias] for alias in settings.DATABASES)

    monkeypatch.setattr(emptying, "MANY", many)
    emptying.empty(None)

    assert not TicketEvent.objects.exists()
    assert everything() == before
