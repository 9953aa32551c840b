"""What is no single transaction can be broken off: the handbook names what it may leave."""

from pathlib import Path

from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = (ROOT / "docs/operations/deploy.md").read_text("utf-8")


OURS = {
    config.label
    for config in apps.get_app_configs()
    if Path(config.path).parent in (ROOT, ROOT / "privacy")
}


def apart():
    """Our migrations that are no single transaction."""
    loader = MigrationLoader(None)
    return [
        migration
        for (app, _name), migration in sorted(loader.disk_migrations.items())
        if not migration.atomic and app in OURS
    ]


def test_every_index_that_a_broken_migration_may_leave_is_dropped_by_name():
    found = apart()
    assert found
    for migration in found:
        assert f"{migration.app_label}/{migration.name[:4]}" in HANDBOOK
        for operation in migration.operations:
            if isinstance(operation, AddIndexConcurrently):
                drop = f"DROP INDEX CONCURRENTLY IF EXISTS {operation.index.name};"
                assert drop in HANDBOOK
