"""What is no single transaction can be broken off: the handbook names what it may leave."""

from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations.loader import MigrationLoader

HANDBOOK = (Path(__file__).parents[2] / "docs/operations/deploy.md").read_text("utf-8")


def apart():
    """Our migrations that are no single transaction."""
    loader = MigrationLoader(connection, ignore_no_initial=True)
    ours = {config.parent.name for config in Path().glob("*/migrations")} | {"vault", "rights"}
    return [
        migration
        for (app, _name), migration in sorted(loader.disk_migrations.items())
        if not migration.atomic and app in ours
    ]


@pytest.mark.django_db
def test_every_index_that_a_broken_migration_may_leave_is_dropped_by_name():
    found = apart()
    assert found
    for migration in found:
        assert f"{migration.app_label}/{migration.name[:4]}" in HANDBOOK
        for operation in migration.operations:
            if isinstance(operation, AddIndexConcurrently):
                drop = f"DROP INDEX CONCURRENTLY IF EXISTS {operation.index.name};"
                assert drop in HANDBOOK
