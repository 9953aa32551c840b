"""The application role runs, the owner migrates, and neither changes what is append-only."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.utils import ProgrammingError

from core import grants

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_application_role():
    for alias in settings.DATABASES:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (settings.DATABASES[alias]["USER"],)
            assert settings.OWNER_DATABASES[alias]["USER"] != settings.DATABASES[alias]["USER"]


def test_the_application_role_may_not_create_tables():
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE leak (id int)")


def _append_only():
    return [
        (alias, table) for alias in settings.DATABASES for table in grants.append_only_tables(alias)
    ]


def test_there_are_append_only_tables():
    assert {"complaints_ticketevent", "vault_ledgerentry", "quality_framemember"} <= {
        table for _, table in _append_only()
    }


@pytest.mark.parametrize(("alias", "table"), _append_only() if apps.ready else [])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_an_append_only_table_is_closed_to_the_application_role(alias, table, verb):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, verb])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(("alias", "table"), _append_only() if apps.ready else [])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_an_append_only_table_has_a_trigger_against_each_verb(alias, table, verb):
    """Also the owner is refused: a trigger holds where a privilege does not."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = %s::regclass AND t.tgenabled = 'O' AND NOT t.tgisinternal"
            " AND CASE %s WHEN 'DELETE' THEN tgtype & 8 WHEN 'UPDATE' THEN tgtype & 16"
            " ELSE tgtype & 32 END <> 0",
            [table, verb],
        )
        assert cursor.fetchone()[0] >= 1
