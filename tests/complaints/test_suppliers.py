"""Which supplier a ticket is about or waits for, the figures of a contract, and what is done."""

import datetime as dt

import pytest

from complaints import supplier_figures
from complaints.enums import Action, State, SupplierRole
from complaints.models import SupplierFollowUp, Ticket, TicketSupplier
from complaints.periods import Period
from complaints.services import lifecycle, suppliers, timeline
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from organisation.services.posts import local_date
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, SupplierContractFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)
MARCH = Period(2026, 3)


@pytest.fixture
def contract(company):
    return SupplierContractFactory(unit=company.community)


def about(company, contract, **fields):
    values = {"category_code": "supplier", "supplier": contract.supplier, **fields}
    return make_ticket(company, **values)


class TestWaiting:
    @pytest.fixture
    def working(self, ticket, staff):
        return bring_to(State.IN_PROGRESS, ticket, actor=staff.steward)

    def wait(self, ticket, staff, supplier):
        return lifecycle.wait(
            ticket, on=Action.WAIT_SUPPLIER, supplier=supplier, actor=staff.steward, at=LATER
        )

    def test_it_names_the_one_it_waits_for(self, working, staff, contract):
        waiting = self.wait(working, staff, contract.supplier)
        assert waiting.state == State.WAITING_SUPPLIER
        link = TicketSupplier.objects.get()
        assert (link.supplier, link.role) == (contract.supplier, SupplierRole.AWAITED)

    def test_nobody_named_is_refused_where_suppliers_work(self, working, staff, contract):
        with pytest.raises(InvalidInput) as refused:
            self.wait(working, staff, None)
        assert set(refused.value.fields) == {"supplier"}
        assert Ticket.objects.get().state == State.IN_PROGRESS

    def test_where_none_is_known_none_is_asked_for(self, working, staff):
        assert self.wait(working, staff, None).state == State.WAITING_SUPPLIER

    def test_one_without_a_contract_there_is_refused(self, working, staff, company):
        elsewhere = SupplierContractFactory(unit=company.far_community)
        with pytest.raises(InvalidInput):
            self.wait(working, staff, elsewhere.supplier)

    def test_a_barred_one_is_refused(self, working, staff, contract):
        supplier = contract.supplier
        supplier.grade, supplier.barred_until = "unqualified", dt.date(2027, 1, 5)
        supplier.save()
        with pytest.raises(InvalidInput) as refused:
            self.wait(working, staff, supplier)
        assert "不合格" in str(refused.value.fields["supplier"])

    def test_waiting_twice_for_the_same_is_one_link(self, working, staff, contract):
        waiting = self.wait(working, staff, contract.supplier)
        going_on = lifecycle.resume(waiting, actor=staff.steward, at=LATER)
        self.wait(going_on, staff, contract.supplier)
        assert TicketSupplier.objects.count() == 1


class TestWhatItIsAbout:
    def refused(self, company, contract, **fields):
        with pytest.raises(InvalidInput) as refused:
            about(company, contract, **fields)
        assert set(refused.value.fields) == {"supplier"}
        assert "没有有效合同" in str(refused.value.fields["supplier"])
        assert not Ticket.objects.exists()
        return True

    def test_is_one_that_works_for_the_community_or_for_all_above_it(self, company, contract):
        for_all = SupplierContractFactory(unit=company.region)
        for each in (contract, for_all):
            about(company, each)
        assert set(TicketSupplier.objects.values_list("supplier_id", flat=True)) == {
            contract.supplier_id,
            for_all.supplier_id,
        }

    def test_is_not_one_of_another_community(self, company):
        assert self.refused(company, SupplierContractFactory(unit=company.far_community))

    def test_may_be_one_whose_contract_ended_of_late(self, company, contract):
        """Who complains about last week's work does so after the contract has ended."""
        today = local_date(A_MORNING)
        for days in (0, -89):
            contract.until_on = today + dt.timedelta(days=days)
            contract.save()
            about(company, contract)
        assert TicketSupplier.objects.filter(supplier=contract.supplier).count() == 2

    def test_is_not_one_whose_contract_ended_long_ago_or_begins_the_day_after(self, company):
        today = local_date(A_MORNING)
        for day, days in (("until_on", -90), ("from_on", 1)):
            contract = SupplierContractFactory(unit=company.community)
            setattr(contract, day, today + dt.timedelta(days=days))
            contract.save()
            assert self.refused(company, contract)

    def test_may_be_barred_as_long_as_its_contract_runs(self, company, contract):
        contract.supplier.grade = "unqualified"
        contract.supplier.barred_until = dt.date(2027, 1, 5)
        contract.supplier.save()
        about(company, contract)
        assert TicketSupplier.objects.get().supplier == contract.supplier


class TestFigures:
    @pytest.fixture
    def said(self, company, contract, staff):
        first = about(company, contract)
        timeline.reply(first, actor=staff.manager, text="已约谈", at=A_MORNING + minutes(20))
        second = about(company, contract, at=A_MORNING + minutes(60))
        timeline.reply(second, actor=staff.manager, text="已约谈", at=A_MORNING + minutes(100))
        about(company, contract, kind="suggestion")
        about(company, contract, at=A_MORNING - dt.timedelta(days=20))
        return first

    def of(self, actor, period=MARCH):
        (found,) = supplier_figures.per_contract(period, actor=actor)
        return found

    def test_by_hand(self, said, staff):
        found = self.of(staff.manager)
        assert (found.complaints, found.suggestions, found.answered, found.reopened) == (2, 1, 2, 0)
        assert found.response == dt.timedelta(minutes=30)
        assert (found.before, found.trend) == (1, 1)

    def test_a_quarter_holds_its_months(self, said, staff):
        assert self.of(staff.manager, Period(2026, 1, 3)).complaints == 3

    def test_a_reopened_one_is_counted(self, said, staff, company, contract):
        closed = bring_to(State.RESOLVED, said, at=LATER)
        lifecycle.reopen(closed, actor=staff.agent, reason="还是不行", at=LATER)
        assert self.of(staff.manager).reopened == 1

    def test_every_number_has_its_list(self, said, staff, contract):
        found = self.of(staff.manager)
        for what in supplier_figures.COUNTED:
            rows = supplier_figures.behind(contract, MARCH, what, actor=staff.manager)
            assert rows.count() == getattr(found, what), what

    def test_what_is_another_s_or_of_another_place_is_not_counted(
        self, said, staff, company, contract
    ):
        """The rows that would leak into the figures."""
        other = SupplierContractFactory(unit=company.community)
        about(company, other)
        elsewhere = make_ticket(company, dwelling=None, unit=company.other_community)
        TicketSupplier.objects.create(
            ticket=elsewhere, supplier=contract.supplier, role=SupplierRole.ABOUT,
            noted_at=A_MORNING,
        )  # fmt: skip
        make_ticket(company, category_code="supplier")
        about(company, contract, kind="inquiry")
        found = {
            each.contract: each.complaints
            for each in supplier_figures.per_contract(MARCH, actor=staff.manager)
        }
        assert found == {contract: 2, other: 1}

    def test_an_integrity_report_about_it_is_not(self, said, staff, company, contract):
        about(company, contract, kind="integrity", body="收受回扣")
        assert self.of(staff.manager).complaints == 2
        assert (
            not TicketSupplier.objects.visible_to(staff.manager)
            .filter(ticket__kind="integrity")
            .exists()
        )

    def test_a_ticket_that_names_the_manager_is_not_theirs_to_count(
        self, said, staff, company, contract
    ):
        about(company, contract, named_staff=[company.manager.holder_id])
        assert self.of(staff.manager).complaints == 2
        assert self.of(staff.region_head).complaints == 3

    def test_who_looks_after_suppliers_counts_them_and_opens_none(self, said, company, contract):
        buyer = Actor.staff(make_post("procurement_manager", company.group).holder_id)
        assert self.of(buyer).complaints == 2
        assert not supplier_figures.behind(contract, MARCH, "complaints", actor=buyer).exists()

    def test_after_a_contract_it_is_the_next_one_s(self, said, company, staff, contract):
        contract.until_on = dt.date(2026, 3, 2)
        contract.save()
        following = SupplierContractFactory(
            supplier=contract.supplier, unit=company.community, from_on=dt.date(2026, 3, 2)
        )
        found = supplier_figures.per_contract(MARCH, actor=staff.manager)
        assert {each.contract: each.complaints for each in found} == {contract: 0, following: 2}
        rows = supplier_figures.behind(contract, MARCH, "complaints", actor=staff.manager)
        assert not rows.exists()

    def test_without_a_next_one_it_stays_with_what_ended(self, said, staff, contract):
        contract.until_on = dt.date(2026, 3, 1)
        contract.save()
        found = self.of(staff.manager)
        assert (found.complaints, found.suggestions, found.before) == (2, 1, 1)
        for what in supplier_figures.COUNTED:
            rows = supplier_figures.behind(contract, MARCH, what, actor=staff.manager)
            assert rows.count() == getattr(found, what), what
        assert supplier_figures.per_contract(Period(2026, 4), actor=staff.manager) == []
        contract.until_on = dt.date(2025, 12, 1)
        contract.save()
        assert supplier_figures.per_contract(MARCH, actor=staff.manager) == []

    def test_of_several_that_ended_it_counts_under_the_last_alone(
        self, said, company, staff, contract
    ):
        """A year's work and the extension after it: no complaint weighs twice."""
        contract.until_on = dt.date(2026, 2, 1)
        contract.save()
        extension = SupplierContractFactory(
            supplier=contract.supplier, unit=company.region,
            from_on=dt.date(2026, 2, 1), until_on=dt.date(2026, 3, 1),
        )  # fmt: skip
        SupplierContractFactory(
            supplier=contract.supplier, unit=company.community, from_on=dt.date(2026, 3, 20)
        )
        found = {
            each.contract: each
            for each in supplier_figures.per_contract(MARCH, actor=staff.manager)
        }
        counted = {each: figures.complaints for each, figures in found.items() if figures.said}
        assert counted == {extension: 2}
        for each in (contract, extension):
            for what in supplier_figures.COUNTED:
                rows = supplier_figures.behind(each, MARCH, what, actor=staff.manager)
                assert rows.count() == (getattr(found[each], what) if each in found else 0), what

    def test_of_those_that_ended_on_one_day_it_counts_under_the_last_that_began(
        self, said, company, staff, contract
    ):
        ended = dt.date(2026, 3, 1)
        contract.until_on = ended
        contract.save()
        later = SupplierContractFactory(
            supplier=contract.supplier, unit=company.community,
            from_on=contract.from_on + dt.timedelta(days=1), until_on=ended,
        )  # fmt: skip
        found = supplier_figures.per_contract(MARCH, actor=staff.manager)
        assert {each.contract: each.complaints for each in found if each.said} == {later: 2}
        rows = supplier_figures.behind(contract, MARCH, "complaints", actor=staff.manager)
        assert not rows.exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_one_contract_as_for_three(
        self, company, staff, count, django_assert_num_queries
    ):
        for _place in range(count):
            about(company, SupplierContractFactory(unit=company.community))
        with django_assert_num_queries(8):
            supplier_figures.per_contract(MARCH, actor=staff.manager)


class TestFollowUp:
    def write(self, contract, company, actor, **fields):
        values = {
            "measure": "每周抽查两次楼道",
            "owner": company.steward,
            "due_on": dt.date(2026, 3, 31),
            "actor": actor,
            "at": A_MORNING,
            **fields,
        }
        return suppliers.follow_up(contract, MARCH, **values)

    def test_who_does_what_by_when(self, contract, company, staff):
        entry = self.write(contract, company, staff.manager)
        assert (entry.period, entry.owner, entry.done_at) == ("2026-03", company.steward, None)
        done = suppliers.finish(entry, actor=staff.manager, at=LATER)
        assert done.done_by_id == staff.manager.staff_id
        with pytest.raises(InvalidTransition):
            suppliers.finish(entry, actor=staff.manager, at=LATER)

    def test_a_number_in_it_is_masked(self, contract, company, staff):
        entry = self.write(contract, company, staff.manager, measure="联系 13812345678 整改")
        assert "13812345678" not in entry.measure

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"measure": " "}, "measure"),
            ({"measure": "长" * 201}, "measure"),
            ({"due_on": dt.date(2026, 3, 3)}, "due_on"),
        ],
    )
    def test_what_is_wrong_is_said_by_field(self, contract, company, staff, fields, wrong):
        with pytest.raises(InvalidInput) as refused:
            self.write(contract, company, staff.manager, **fields)
        assert set(refused.value.fields) == {wrong}

    def test_its_owner_works_there(self, contract, company, staff):
        with pytest.raises(InvalidInput) as refused:
            self.write(contract, company, staff.manager, owner=company.far_steward)
        assert set(refused.value.fields) == {"owner"}

    def test_it_is_for_project_leads_of_the_place(self, contract, company, staff):
        for actor in (staff.steward, Actor.staff(company.other_manager.holder_id)):
            with pytest.raises(NotAllowed):
                self.write(contract, company, actor)
        assert not SupplierFollowUp.objects.exists()
