"""What the tables cannot say by themselves: numbers, what never changes, and what just did."""

from __future__ import annotations

from django.db import migrations, models

# The first reference has ten digits with its check digit (core.reference.FIRST_SEQUENCE).
SEQUENCE = "CREATE SEQUENCE complaints_reference_seq START WITH 100000000"

EVENTS_ARE_ONLY_ADDED = """
CREATE TRIGGER events_are_only_added BEFORE UPDATE OR DELETE ON complaints_ticketevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_are_never_truncated BEFORE TRUNCATE ON complaints_ticketevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# A text is emptied by erasure and changes in no other way.
TEXTS_ARE_ONLY_ADDED = """
CREATE FUNCTION complaints_refuse_text_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.body = '' AND NEW.tokens IS NULL AND NEW.erased_at IS NOT NULL
        AND (NEW.id, NEW.ticket_id, NEW.event_id, NEW.role, NEW.visibility, NEW.author_kind,
             NEW.created_at)
            = (OLD.id, OLD.ticket_id, OLD.event_id, OLD.role, OLD.visibility, OLD.author_kind,
               OLD.created_at)
        AND NEW.supersedes_id IS NOT DISTINCT FROM OLD.supersedes_id
        AND (OLD.erased_at IS NULL OR OLD.erased_at = NEW.erased_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a text is only ever added, or erased' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER texts_change_by_erasure_alone BEFORE UPDATE ON complaints_textentry
    FOR EACH ROW EXECUTE FUNCTION complaints_refuse_text_change();
CREATE TRIGGER texts_are_never_deleted BEFORE DELETE ON complaints_textentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER texts_are_never_truncated BEFORE TRUNCATE ON complaints_textentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

CATALOGUE = ("category", "routingrule", "policy", "policyduration", "ladderstep")

STAMP = """
CREATE FUNCTION complaints_stamp_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO complaints_cataloguestamp (id, stamp) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET stamp = EXCLUDED.stamp;
    RETURN NULL;
END
$$;
""" + "".join(
    f"""
CREATE TRIGGER a_change_stamps_the_catalogue
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON complaints_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_stamp_catalogue();
"""
    for table in CATALOGUE
)

NO_STAMP = "".join(
    f"DROP TRIGGER a_change_stamps_the_catalogue ON complaints_{table};\n" for table in CATALOGUE
)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_an_imported_day_stays_a_day")]

    operations = [
        migrations.CreateModel(
            name="CatalogueStamp",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("stamp", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_catalogue"
                    )
                ]
            },
        ),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE complaints_reference_seq"),
        migrations.RunSQL(
            EVENTS_ARE_ONLY_ADDED,
            "DROP TRIGGER events_are_only_added ON complaints_ticketevent;"
            "DROP TRIGGER events_are_never_truncated ON complaints_ticketevent",
        ),
        migrations.RunSQL(
            TEXTS_ARE_ONLY_ADDED,
            "DROP TRIGGER texts_change_by_erasure_alone ON complaints_textentry;"
            "DROP TRIGGER texts_are_never_deleted ON complaints_textentry;"
            "DROP TRIGGER texts_are_never_truncated ON complaints_textentry;"
            "DROP FUNCTION complaints_refuse_text_change()",
        ),
        migrations.RunSQL(STAMP, NO_STAMP + "DROP FUNCTION complaints_stamp_catalogue()"),
    ]
