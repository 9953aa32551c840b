"""Suppliers: who sees them, who grades them, and what an unqualified one may not get."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from organisation.enums import GradeDecision, SupplierGrade
from organisation.models import GradeChange, Supplier, SupplierContact, SupplierContract
from organisation.services import suppliers
from organisation.services.suppliers import NewSupplier
from tests.factories import A_MORNING, SupplierContractFactory, SupplierFactory, make_post

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 4)


@pytest.fixture
def buyer(company):
    return Actor.staff(make_post("procurement_manager", company.group).holder_id)


@pytest.fixture
def executive(company):
    return Actor.staff(company.executive.holder_id)


@pytest.fixture
def supplier(company):
    contract = SupplierContractFactory(unit=company.community)
    return contract.supplier


def unqualified(supplier, buyer, executive, at=A_MORNING):
    change = suppliers.propose(supplier, "unqualified", reason="complaints", actor=buyer, at=at)
    suppliers.decide(change, "approved", actor=executive, at=at)
    supplier.refresh_from_db()
    return supplier


class TestWhoSees:
    def test_the_site_its_region_and_the_group(self, company, supplier, executive, buyer):
        def sees(post):
            return Supplier.objects.visible_to(Actor.staff(post.holder_id)).exists()

        assert [sees(post) for post in (company.manager, company.region_head)] == [True, True]
        assert not sees(company.other_manager)
        assert not sees(company.steward)
        assert Supplier.objects.visible_to(buyer).exists()
        assert Supplier.objects.visible_to(executive).exists()

    def test_a_contract_of_the_region_serves_its_communities(self, company):
        SupplierContractFactory(unit=company.region)
        manager = Actor.staff(company.manager.holder_id)
        assert SupplierContract.objects.visible_to(manager).exists()
        assert Supplier.objects.under_contract(company.community, TODAY).exists()
        assert not Supplier.objects.under_contract(company.far_community, TODAY).exists()

    def test_one_without_a_contract_is_the_group_s_to_see(self, company, buyer):
        SupplierFactory()
        manager = Actor.staff(company.manager.holder_id)
        assert not Supplier.objects.visible_to(manager).exists()
        assert Supplier.objects.visible_to(buyer).exists()


class TestContracts:
    def sign(self, supplier, company, buyer, **fields):
        values = {
            "number": "HT-1",
            "from_on": TODAY,
            "until_on": TODAY + dt.timedelta(days=365),
            "actor": buyer,
            "at": A_MORNING,
            **fields,
        }
        return suppliers.sign(supplier, company.community, **values)

    def test_a_contract_is_signed(self, company, buyer):
        supplier = suppliers.register(
            NewSupplier("S-1", "绿源保洁", "cleaning"), actor=buyer, at=A_MORNING
        )
        assert supplier.grade == SupplierGrade.QUALIFIED
        self.sign(supplier, company, buyer)
        assert Supplier.objects.under_contract(company.community, TODAY).get() == supplier

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [({"until_on": TODAY}, "until_on"), ({"number": " "}, "number")],
    )
    def test_what_is_wrong_is_said_by_field(self, company, buyer, supplier, fields, wrong):
        with pytest.raises(InvalidInput) as refused:
            self.sign(supplier, company, buyer, **fields)
        assert set(refused.value.fields) == {wrong}

    def test_a_number_is_used_once(self, company, buyer, supplier):
        self.sign(supplier, company, buyer)
        with pytest.raises(InvalidInput):
            self.sign(supplier, company, buyer)

    def test_a_barred_supplier_gets_none_until_the_year_is_over(
        self, company, buyer, executive, supplier
    ):
        unqualified(supplier, buyer, executive)
        with pytest.raises(suppliers.SupplierBarred):
            self.sign(supplier, company, buyer)
        a_year_later = A_MORNING + dt.timedelta(days=365)
        start = TODAY.replace(year=2027)
        signed = self.sign(
            supplier, company, buyer, from_on=start, until_on=start.replace(year=2028),
            at=a_year_later,
        )  # fmt: skip
        assert signed.supplier == supplier

    def test_a_contract_that_would_begin_while_it_is_barred_is_refused_too(
        self, company, buyer, executive, supplier
    ):
        unqualified(supplier, buyer, executive)
        with pytest.raises(suppliers.SupplierBarred):
            self.sign(supplier, company, buyer, from_on=TODAY + dt.timedelta(days=300))

    def test_only_who_manages_suppliers_signs(self, company, supplier):
        with pytest.raises(NotAllowed):
            self.sign(supplier, company, Actor.staff(company.manager.holder_id))


class TestGrades:
    def test_two_people_and_a_history(self, supplier, buyer, executive):
        unqualified(supplier, buyer, executive)
        assert (supplier.grade, supplier.graded_on, supplier.barred_until) == (
            "unqualified",
            TODAY,
            dt.date(2027, 3, 4),
        )
        change = GradeChange.objects.get()
        assert (change.before, change.decision) == ("qualified", GradeDecision.APPROVED)
        assert change.proposed_by_id != change.decided_by_id

    def test_who_proposed_does_not_decide(self, company, supplier, executive):
        both = make_post("procurement_manager", company.group, company.executive.holder)
        actor = Actor.staff(both.holder_id)
        change = suppliers.propose(
            supplier, "region_strategic", reason="yearly_review", actor=actor, at=A_MORNING
        )
        with pytest.raises(suppliers.SecondPersonNeeded):
            suppliers.decide(change, "approved", actor=actor, at=A_MORNING)
        with pytest.raises(IntegrityError), transaction.atomic():
            GradeChange.objects.filter(pk=change.pk).update(
                decision="approved", decided_by=actor.staff_id, decided_at=A_MORNING
            )

    def test_the_group_decides_on_its_own_strategic_suppliers(self, company, supplier, buyer):
        regional = Actor.staff(company.region_manager.holder_id)
        change = suppliers.propose(
            supplier, "group_strategic", reason="yearly_review", actor=buyer, at=A_MORNING
        )
        with pytest.raises(NotAllowed):
            suppliers.decide(change, "approved", actor=regional, at=A_MORNING)

    def test_a_refused_one_changes_nothing_and_makes_room(self, supplier, buyer, executive):
        change = suppliers.propose(
            supplier, "region_strategic", reason="yearly_review", actor=buyer, at=A_MORNING
        )
        with pytest.raises(InvalidInput):
            suppliers.propose(supplier, "unqualified", reason="safety", actor=buyer, at=A_MORNING)
        suppliers.decide(change, "refused", actor=executive, at=A_MORNING)
        supplier.refresh_from_db()
        assert supplier.grade == "qualified"
        with pytest.raises(InvalidTransition):
            suppliers.decide(change, "approved", actor=executive, at=A_MORNING)
        suppliers.propose(supplier, "unqualified", reason="safety", actor=buyer, at=A_MORNING)

    def test_better_again_ends_the_bar(self, supplier, buyer, executive):
        unqualified(supplier, buyer, executive)
        change = suppliers.propose(
            supplier, "qualified", reason="yearly_review", actor=buyer, at=A_MORNING
        )
        suppliers.decide(change, "approved", actor=executive, at=A_MORNING)
        supplier.refresh_from_db()
        assert supplier.barred_until is None

    def test_the_same_grade_is_no_change(self, supplier, buyer):
        with pytest.raises(InvalidInput):
            suppliers.propose(supplier, "qualified", reason="safety", actor=buyer, at=A_MORNING)

    @given(st.dates(max_value=dt.date(9000, 1, 1)))
    def test_a_year_is_at_least_365_days_and_ends_on_the_same_day(self, day):
        later = suppliers.a_year_after(day)
        assert 365 <= (later - day).days <= 366
        assert (later.month, later.day) in {(day.month, day.day), (3, 1)}


def test_a_contact_is_sealed(supplier, buyer):
    suppliers.add_contact(supplier, "赵明", "13912340000", actor=buyer, at=A_MORNING)
    row = SupplierContact.objects.get()
    for sealed in (row.name_sealed, row.phone_sealed):
        assert "赵明".encode() not in bytes(sealed)
        assert b"3912340000" not in bytes(sealed)


def test_an_erased_contact_is_gone(supplier, buyer):
    from privacy.vault.registry import registry

    row = suppliers.add_contact(supplier, "赵明", "13912340000", actor=buyer, at=A_MORNING)
    holding = registry.holdings["organisation.supplier_contacts"]
    (copied,) = holding.export((row.subject_id,))
    assert copied == {"supplier": supplier.name, "name": "赵明", "phone": "+8613912340000"}

    class Plan:
        def holds(self, model, pk):
            return False

    assert holding.erase((row.subject_id,), Plan()) == 1
    assert holding.verify((row.subject_id,), ()) == 0
