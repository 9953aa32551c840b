"""The floor of an intake writes what an intake writes, or the comparison says nothing."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from benchmarks.floor import creating
from residents.services import devices
from tests.factories import make_person

pytestmark = pytest.mark.django_db

#: what says when a device was used, not what is written of a matter
BESIDE = {"residents_devicetoken"}


def rows() -> dict[str, int]:
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.managed}
    present = set(connection.introspection.table_names()) - BESIDE
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(tables & present):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def written_by(do) -> dict[str, int]:
    before = rows()
    do()
    after = rows()
    return {table: after[table] - before[table] for table in after if after[table] > before[table]}


def test_it_writes_the_rows_of_an_intake(company):
    person = make_person(dwelling=company.dwelling)
    token = devices.issue(person.subject_id, at=timezone.now()).token
    said = {
        "kind": "complaint",
        "category": "noise",
        "body": "楼上深夜施工",
        "dwelling": str(company.dwelling.public_id),
        "channel": "app",
    }

    def ours():
        answer = APIClient().post(
            "/api/v1/tickets/",
            {name: said[name] for name in said if name != "channel"},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "ours"},
            format="json",
        )
        assert answer.status_code == 201, answer.content

    def floor():
        creating.create(said, key="floor", alias="default")

    of_ours, of_floor = written_by(ours), written_by(floor)

    assert of_ours["complaints_ticket"] == 1
    assert of_floor == of_ours
