from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from core.actors import SYSTEM
from privacy.vault.enums import LedgerKind
from privacy.vault.models import DataSubject, LedgerEntry
from privacy.vault.services import sealing, subjects
from tests.vault.conftest import AT, NAME, new_subject

pytestmark = pytest.mark.django_db


def merge(one, other):
    subjects.merge(one, into=other, actor=SYSTEM, at=AT)


@pytest.fixture
def family():
    """a and b merged into c, c into d; e stands apart."""
    a, b, c, d, e = (new_subject() for _ in range(5))
    merge(a, c)
    merge(b, c)
    merge(c, d)
    return a, b, c, d, e


def test_merged_subjects_are_found_from_any_of_them(family):
    *one_person, stranger = family
    for each in one_person:
        assert set(subjects.closure([each])) == set(one_person)
    assert subjects.closure([stranger]) == (stranger,)
    assert set(subjects.closure([one_person[0], stranger])) == set(family)
    assert subjects.closure([uuid4()]) == ()


def test_merging_again_makes_no_circle(family):
    a, _, _, d, _ = family
    merge(d, a)
    assert DataSubject.objects.get(pk=d).merged_into is None
    assert len(subjects.closure([a])) == 4


def test_merging_a_merged_subject_takes_all_of_them_along(family):
    a, *_, stranger = family
    merge(a, stranger)
    assert set(subjects.closure([stranger])) == set(family)
    assert LedgerEntry.objects.filter(kind=LedgerKind.SUBJECTS_MERGED).count() == 4


def test_merging_leaves_keys_where_they_are(subject):
    sealed = sealing.seal(subject, NAME, "张伟")
    merge(subject, new_subject())
    assert sealing.reveal(subject, NAME, sealed) == "张伟"


def test_a_subject_is_not_merged_into_itself(subject):
    with pytest.raises(IntegrityError), transaction.atomic():
        DataSubject.objects.filter(pk=subject).update(merged_into=subject)


def test_traces_are_told_for_each_subject(family):
    a, _, _, _, stranger = family
    traces = DataSubject.objects.traces_of([a, stranger])
    assert len(traces[a]) == 4
    assert traces[stranger] == [DataSubject.objects.get(pk=stranger).trace]


class TestForget:
    def test_it_deletes_merged_subjects_together(self, family):
        *one_person, stranger = family
        gone = subjects.forget(one_person, request_ref="42", actor=SYSTEM, at=AT)
        assert gone == 4
        assert DataSubject.objects.get().pk == stranger
        entry = LedgerEntry.objects.get(kind=LedgerKind.SUBJECTS_FORGOTTEN)
        assert (entry.request_ref, entry.object_count) == ("42", 4)

    def test_again_it_finds_nothing_and_writes_nothing(self, subject):
        subjects.forget([subject], request_ref="42", actor=SYSTEM, at=AT)
        assert subjects.forget([subject], request_ref="42", actor=SYSTEM, at=AT) == 0
        assert LedgerEntry.objects.filter(kind=LedgerKind.SUBJECTS_FORGOTTEN).count() == 1

    def test_it_refuses_while_another_subject_still_points_there(self, family):
        _, _, c, *_ = family
        with pytest.raises(ProtectedError), transaction.atomic():
            subjects.forget([c], request_ref="42", actor=SYSTEM, at=AT)
