"""What the application role may do. Applied after every migration by the owner."""

from __future__ import annotations

from django.apps import apps
from django.db import connections, router
from psycopg import sql

from core.database_roles import APPLICATION

_OPEN = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)


def append_only_tables(alias: str) -> list[str]:
    """Tables of models that say `append_only = True` and live in this database."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "append_only", False) and router.allow_migrate_model(alias, model)
    ]


def apply(alias: str) -> None:
    """Give the application role its rights and take from it what the ledgers forbid.

    Does nothing where one role plays both parts; a system check refuses that in production.
    """
    connection = connections[alias]
    if connection.settings_dict["USER"] == APPLICATION[alias]["USER"]:
        return
    role = sql.Identifier(APPLICATION[alias]["USER"])
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _OPEN:
            cursor.execute(sql.SQL(statement).format(role=role))
        for table in append_only_tables(alias):
            if table in present:
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                        table=sql.Identifier(table), role=role
                    )
                )
