from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from core.actors import SYSTEM
from core.database_roles import as_owner
from privacy.vault import reference_data
from privacy.vault.enums import Application, Basis, LedgerKind, PolicyLanguage
from privacy.vault.errors import PolicyNotInForce
from privacy.vault.models import LedgerEntry, PolicyDocument, PolicyPurpose, Purpose
from privacy.vault.purposes import BASES
from privacy.vault.registry import data_map
from privacy.vault.services import policies
from tests.vault.conftest import AT

APP = Application.RESIDENTS_APP


def publish(version, *, language=PolicyLanguage.CHINESE, entity="", at=AT):
    draft = policies.Draft(APP, language, version, f"文本 {version}", ["marketing"], (), entity)
    return policies.publish(draft, actor=SYSTEM, at=at)


@pytest.mark.django_db
class TestReferenceData:
    def test_the_first_policy_is_there_in_both_languages(self):
        for language in ("zh-hans", "en"):
            policy = policies.in_force(APP, language=language, at=AT)
            assert (policy.version, policy.language) == (1, language)
            assert policy.sha256 == hashlib.sha256(policy.text.encode()).hexdigest()
            named = set(policy.named_purposes.values_list("purpose", flat=True))
            assert named == set(reference_data.RESIDENTS_POLICY)

    def test_it_speaks_of_every_purpose_that_needs_consent(self):
        text = policies.in_force(APP, language="zh-hans", at=AT).text
        asked = Purpose.objects.filter(needs_consent=True, policies__application=APP).distinct()
        assert asked.count() == 5
        assert all(f"**{purpose.name_zh}**" in text for purpose in asked)

    def test_loading_again_changes_nothing(self):
        before = list(PolicyDocument.objects.values_list("pk", "published_at"))
        call_command("load_reference")
        assert list(PolicyDocument.objects.values_list("pk", "published_at")) == before
        assert Purpose.objects.count() == len(reference_data.PURPOSES)

    def test_a_purpose_is_named_in_the_language_of_the_reader(self):
        purpose = Purpose.objects.get(pk="marketing")
        with translation.override("en"):
            assert str(purpose) == "Marketing"
        with translation.override("zh-hans"):
            assert str(purpose) == "商业推广"

    def test_every_purpose_of_the_data_map_is_one_of_these(self):
        bases = dict(Purpose.objects.values_list("code", "basis"))
        assert bases == BASES
        assert {each.handling.purpose for each in data_map()} <= set(bases)

    def test_no_purpose_rests_on_consent_by_mistake(self):
        free = Purpose.objects.filter(needs_consent=False)
        assert not free.filter(basis=Basis.CONSENT).exists()
        assert free.filter(core_service=True).count() >= 5


@pytest.mark.django_db
class TestInForce:
    def test_the_newest_published_by_then_counts(self):
        publish(2, at=AT)
        publish(3, at=AT + timedelta(days=1))
        assert policies.in_force(APP, language="zh-hans", at=AT).version == 2

    def test_the_legal_entitys_own_goes_before_the_groups(self):
        publish(2)
        publish(1, entity="915000001")
        own = policies.in_force(APP, language="zh-hans", at=AT, legal_entity_code="915000001")
        other = policies.in_force(APP, language="zh-hans", at=AT, legal_entity_code="915000002")
        assert (own.legal_entity_code, other.version) == ("915000001", 2)

    def test_a_missing_language_is_shown_in_chinese(self):
        assert policies.in_force(APP, language="fr", at=AT).language == "zh-hans"

    def test_without_any_there_is_nothing_to_agree_to(self):
        with pytest.raises(PolicyNotInForce):
            policies.in_force(Application.SALES_SITE, language="zh-hans", at=AT)

    def test_publishing_is_in_the_ledger(self):
        before = LedgerEntry.objects.filter(kind=LedgerKind.POLICY_PUBLISHED).count()
        publish(2)
        after = LedgerEntry.objects.filter(kind=LedgerKind.POLICY_PUBLISHED).count()
        assert after == before + 1


CHANGES = [
    "UPDATE vault_policydocument SET text = 'x', sha256 = encode(sha256('x'), 'hex')",
    "UPDATE vault_policydocument SET published_at = NULL",
    "DELETE FROM vault_policydocument",
    "TRUNCATE vault_policydocument CASCADE",
    "UPDATE vault_policypurpose SET changed = true",
    "DELETE FROM vault_policypurpose",
    "TRUNCATE vault_policypurpose CASCADE",
    """INSERT INTO vault_policypurpose (policy_id, purpose_id, changed)
       SELECT min(id), 'video_zone', false FROM vault_policydocument""",
]


@pytest.mark.django_db(transaction=True)
def test_a_published_policy_is_changed_by_nobody():
    with as_owner(), connection.cursor() as cursor:
        for change in CHANGES:
            with pytest.raises(IntegrityError):
                cursor.execute(change)


@pytest.mark.django_db
def test_a_draft_may_still_be_thrown_away():
    draft = _draft("初稿")
    PolicyPurpose.objects.create(policy=draft, purpose_id="marketing")
    draft.named_purposes.all().delete()
    draft.delete()


@pytest.mark.django_db
def test_the_hash_is_that_of_the_text():
    with pytest.raises(IntegrityError), transaction.atomic():
        _draft("文本", sha256="0" * 64)


def _draft(text, **fields):
    fields.setdefault("sha256", hashlib.sha256(text.encode()).hexdigest())
    return PolicyDocument.objects.create(
        application=APP, language="zh-hans", version=9, text=text, **fields
    )
