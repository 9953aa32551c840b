from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from privacy.vault import checks, registry
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject, LedgerEntry
from privacy.vault.registry import DeclaredTwice, Holding, Registry
from privacy.vault.terms import CONTACT, FREE_TEXT, SUBJECT_LINK, Erasure, Masking


@pytest.fixture
def empty(monkeypatch):
    fresh = Registry()
    monkeypatch.setattr(registry, "registry", fresh)
    monkeypatch.setattr(checks, "registry", fresh)
    return fresh


def ids_of(*models):
    return [error.id for error in checks.problems_of(models)]


def fields_of(model):
    return [error.msg.split()[0].rpartition(".")[2] for error in checks.problems_of([model])]


@isolate_apps("privacy.vault")
def test_every_field_that_could_hold_something_personal_must_be_declared(empty):
    class Anything(models.Model):
        char = models.CharField(max_length=9)
        text = models.TextField()
        slug = models.SlugField()
        mail = models.EmailField()
        link = models.URLField()
        file = models.FileField()
        picture = models.ImageField()
        json = models.JSONField()
        binary = models.BinaryField()
        sealed = SealedField(max_plain_length=9)
        address = models.GenericIPAddressField()
        words = ArrayField(models.CharField(max_length=9))
        tokens = SearchVectorField()
        born_on = models.DateField()
        date_of_birth = models.DateField()
        subject = models.ForeignKey(DataSubject, models.PROTECT)
        subject_id_copy = models.UUIDField()

        class Meta:
            app_label = "vault"

    assert fields_of(Anything) == [
        field.name for field in Anything._meta.local_concrete_fields if field.name != "id"
    ]


@isolate_apps("privacy.vault")
def test_what_is_harmless_by_its_type_needs_no_word(empty):
    class Harmless(models.Model):
        flag = models.BooleanField()
        count = models.IntegerField()
        at = models.DateTimeField()
        until_on = models.DateField()
        public_id = models.UUIDField()
        state = models.CharField(max_length=9, choices=[("a", "甲")])
        other = models.ForeignKey("self", models.PROTECT)

        class Meta:
            app_label = "vault"

    assert ids_of(Harmless) == []


@isolate_apps("privacy.vault")
def test_a_declared_field_passes_personal_or_clear(empty):
    class Declared(models.Model):
        phone = models.CharField(max_length=20)
        code = models.CharField(max_length=20)

        class Meta:
            app_label = "vault"

    registry.declare(Declared, "phone", like=CONTACT)
    assert fields_of(Declared) == ["code"]
    registry.declare_clear("vault.declared", "code", reason="a code")
    assert ids_of(Declared) == []


@isolate_apps("privacy.vault")
def test_the_error_says_what_to_write(empty):
    class Forgotten(models.Model):
        note = models.TextField()

        class Meta:
            app_label = "vault"

    [error] = checks.problems_of([Forgotten])
    assert error.id == "vault.E001"
    assert 'declare(Forgotten, "note", like=…)' in error.hint


@isolate_apps("privacy.vault")
def test_history_of_a_personal_field_is_refused_and_of_a_clear_one_is_not(empty):
    class Tracked(models.Model):
        phone = models.CharField(max_length=20)
        code = models.CharField(max_length=20)

        class Meta:
            app_label = "vault"

    class HistoricalTracked(models.Model):
        instance_type = Tracked
        phone = models.CharField(max_length=20)
        code = models.CharField(max_length=20)
        history_change_reason = models.CharField(max_length=100)

        class Meta:
            app_label = "vault"

    assert ids_of(Tracked, HistoricalTracked) == ["vault.E001"] * 4
    registry.declare(Tracked, "phone", like=CONTACT)
    registry.declare_clear(Tracked, "code", reason="a code")
    assert ids_of(Tracked, HistoricalTracked) == ["vault.E003"]


@isolate_apps("privacy.vault")
def test_a_through_table_is_walked_too(empty):
    class Group(models.Model):
        people = models.ManyToManyField(DataSubject, related_name="+")

        class Meta:
            app_label = "vault"

    assert fields_of(Group.people.through) == ["datasubject"]


@isolate_apps("privacy.vault")
def test_keys_to_what_locates_a_person_must_be_declared(empty):
    class Flat(models.Model):
        class Meta:
            app_label = "vault"

    class Visit(models.Model):
        flat = models.ForeignKey(Flat, models.PROTECT)

        class Meta:
            app_label = "vault"

    assert ids_of(Visit) == []
    registry.declare_reference(Flat)
    assert fields_of(Visit) == ["flat"]


def test_a_declaration_of_nothing_is_refused(empty):
    registry.declare_clear(LedgerEntry, "gone", reason="was here")
    registry.declare_clear("not_installed.model", "field", reason="not here")
    stale = [error for error in checks.problems_of([LedgerEntry]) if error.id == "vault.E002"]
    assert [error.msg for error in stale] == [
        "vault.ledgerentry.gone is declared but does not exist."
    ]


def test_a_field_is_declared_once(empty):
    registry.declare_clear(LedgerEntry, "reason_code", reason="a code")
    with pytest.raises(DeclaredTwice):
        registry.declare("vault.LedgerEntry", "reason_code", like=FREE_TEXT)


def test_a_preset_is_changed_where_the_field_differs(empty):
    registry.declare(DataSubject, "trace", like=SUBJECT_LINK, masked=Masking.NEVER_SHOWN)
    handling = empty.find(DataSubject, "trace").handling
    assert handling.masked == Masking.NEVER_SHOWN
    assert handling.retention == SUBJECT_LINK.retention
    with pytest.raises(TypeError):
        registry.declare(DataSubject, "id", like=SUBJECT_LINK, hidden=True)


def test_holdings_run_in_their_order_and_are_named_once(empty):
    for name, order in (("late", 90), ("early", 10), ("also_early", 10)):
        registry.hold(_holding(name, order))
    assert [each.name for each in registry.holdings()] == ["also_early", "early", "late"]
    with pytest.raises(DeclaredTwice):
        registry.hold(_holding("late", 1))


def test_a_promised_erasure_that_nothing_carries_out_is_told(empty):
    registry.declare(DataSubject, "merged_into", like=SUBJECT_LINK, erased=Erasure.NULL)
    registry.declare(LedgerEntry, "reason_code", like=FREE_TEXT, erased=Erasure.EXPIRY)
    assert registry.models_without_holding() == {"vault.datasubject"}
    registry.hold(_holding("subjects", 1, models=("vault.DataSubject",)))
    assert registry.models_without_holding() == set()


class TestTheProject:
    def test_its_every_field_is_declared(self):
        assert [error.msg for error in run_checks(tags=["models"]) if "vault.E" in error.id] == []

    def test_the_check_walks_real_models(self):
        assert len(apps.get_models(include_auto_created=True)) >= 50
        assert len(list(registry.data_map())) >= 30

    def test_every_promised_erasure_is_carried_out_by_something(self):
        assert registry.models_without_holding() == set()


def _holding(name, order, models=()):
    return Holding(
        name=name,
        order=order,
        models=models,
        locate=lambda ids: DataSubject.objects.none(),
        erase=lambda ids, plan: 0,
        verify=lambda ids, needles: 0,
    )
