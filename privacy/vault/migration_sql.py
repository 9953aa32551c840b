"""SQL that Django's schema editor has no words for, as reversible operations."""

from __future__ import annotations

from typing import Final

from django.db.migrations import RunSQL

from privacy.vault.names import MAIN_ALIAS


def in_database(alias: str, forward: str, backward: str) -> RunSQL:
    """An operation for one database; the router skips it in the other."""
    return RunSQL(forward, backward, hints={"database": alias})


def append_only(*tables: str) -> list[RunSQL]:
    """Refuse every change of these tables of the main database, whoever asks. Statement triggers,
    since row triggers let TRUNCATE through."""
    return [
        in_database(
            MAIN_ALIAS,
            f"""
            CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """,
            f"DROP TRIGGER {table}_only_grows ON {table}",
        )
        for table in tables
    ]


# A live key may be wrapped anew or destroyed; a destroyed one keeps nothing but its ref; none is
# ever deleted, so that no subject is given a second key.
KEEP_KEYS: Final = """
CREATE FUNCTION keep_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: keys are destroyed, never deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER vault_subjectkey_stays BEFORE DELETE OR TRUNCATE ON vault_subjectkey
FOR EACH STATEMENT EXECUTE FUNCTION keep_keys();

CREATE FUNCTION keep_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.destroyed_at IS NOT NULL
       OR NEW.ref <> OLD.ref
       OR NEW.created_at <> OLD.created_at
       OR NEW.subject_id <> OLD.subject_id THEN
        RAISE EXCEPTION 'a key is destroyed once and never given to another subject'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER vault_subjectkey_tombstone BEFORE UPDATE ON vault_subjectkey
FOR EACH ROW EXECUTE FUNCTION keep_tombstones()
"""
DROP_KEEP_KEYS: Final = """
DROP TRIGGER vault_subjectkey_tombstone ON vault_subjectkey;
DROP FUNCTION keep_tombstones();
DROP TRIGGER vault_subjectkey_stays ON vault_subjectkey;
DROP FUNCTION keep_keys()
"""

FREEZE_POLICIES: Final = """
CREATE FUNCTION freeze_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published policy never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER vault_policydocument_frozen BEFORE UPDATE OR DELETE ON vault_policydocument
FOR EACH ROW EXECUTE FUNCTION freeze_policy();
CREATE TRIGGER vault_policydocument_stays BEFORE TRUNCATE ON vault_policydocument
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION freeze_policy_purposes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM vault_policydocument
        WHERE published_at IS NOT NULL
          AND ((TG_OP <> 'INSERT' AND id = OLD.policy_id)
            OR (TG_OP <> 'DELETE' AND id = NEW.policy_id))
    ) THEN
        RAISE EXCEPTION 'a published policy never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER vault_policypurpose_frozen
BEFORE INSERT OR UPDATE OR DELETE ON vault_policypurpose
FOR EACH ROW EXECUTE FUNCTION freeze_policy_purposes();
CREATE TRIGGER vault_policypurpose_stays BEFORE TRUNCATE ON vault_policypurpose
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
DROP_FREEZE_POLICIES: Final = """
DROP TRIGGER vault_policypurpose_stays ON vault_policypurpose;
DROP TRIGGER vault_policypurpose_frozen ON vault_policypurpose;
DROP FUNCTION freeze_policy_purposes();
DROP TRIGGER vault_policydocument_stays ON vault_policydocument;
DROP TRIGGER vault_policydocument_frozen ON vault_policydocument;
DROP FUNCTION freeze_policy()
"""
