from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotAllowed, NotFound
from core.phone import PhoneInvalid
from organisation.models import Building, Dwelling
from privacy.vault.models import DataSubject, SubjectKey
from privacy.vault.services import destructions, subjects
from residents.enums import AccountTier, OccupancyRole
from residents.models import ContactPoint, Occupancy, Person
from residents.services import accounts, people
from tests.factories import A_MORNING, Company, make_person, make_post

pytestmark = pytest.mark.django_db

MOBILE = "138 0000 1234"
LAND_LINE = "023-6800 1234"


def names(found: list[people.CallerMatch]) -> list[str | None]:
    return [match.name for match in found]


class TestRegister:
    def test_a_person_is_found_again_by_their_number_however_it_is_typed(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)

        for typed in ("13800001234", "+86 138-0000-1234", "１３８００００１２３４"):
            [match] = people.find_by_phone(typed)
            assert match.subject_id == person.subject_id
            assert match.name == "张三"
        [home] = match.homes
        assert (home.unit, home.building, home.room) == ("X1", "1 栋", "1-101")
        assert home.role is OccupancyRole.OWNER

    def test_nothing_readable_reaches_the_table(self, company: Company):
        make_person("张三", MOBILE)
        contact = ContactPoint.objects.get()
        for stored in (contact.sealed, contact.blind_index, Person.objects.get().name_sealed):
            assert b"13800001234" not in bytes(stored)
            assert "张三".encode() not in bytes(stored)

    def test_the_first_with_a_mobile_signs_in_with_it(self, company: Company):
        first = make_person("张三", MOBILE)
        make_person("李四", MOBILE)
        assert ContactPoint.objects.get(login=True).subject_id == first.subject_id

    def test_a_land_line_signs_nobody_in(self, company: Company):
        make_person("张三", LAND_LINE)
        assert not ContactPoint.objects.filter(login=True).exists()

    def test_an_email_is_kept_in_lower_case(self, company: Company):
        person = make_person("张三", MOBILE, email=" Zhang.San@Example.COM ")
        from residents.enums import ContactKind
        from residents.services.contacts import texts_of

        assert texts_of(person.subject_id)[ContactKind.EMAIL] == ["zhang.san@example.com"]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"name": "  "}, InvalidInput),
            ({"name": "张" * 61}, InvalidInput),
            ({"phone": "12345"}, PhoneInvalid),
            ({"phone": ""}, PhoneInvalid),
            ({"email": "nobody"}, InvalidInput),
            ({"email": f"{'a' * 250}@example.com"}, InvalidInput),
        ],
    )
    def test_bad_input_writes_nothing_not_even_a_key(self, company: Company, changes, error):
        values = {"name": "张三", "phone": MOBILE, **changes}
        with pytest.raises(error):
            people.register(**values, actor=SYSTEM, at=A_MORNING)
        assert not Person.objects.exists()
        assert not SubjectKey.objects.exists()

    def test_only_those_who_may_edit_residents_there_register(self, company: Company):
        values = {"name": "张三", "phone": MOBILE, "dwelling": company.dwelling, "at": A_MORNING}
        people.register(**values, actor=company.manager.holder.actor)
        for actor in (
            company.other_manager.holder.actor,
            company.engineer.holder.actor,
            Actor.reporter(uuid.uuid4()),
        ):
            with pytest.raises(NotAllowed):
                people.register(**values, actor=actor)

    def test_a_name_keeps_single_blanks(self, company: Company):
        make_person("  Mary   Ann  Lee ", MOBILE)
        assert names(people.find_by_phone(MOBILE)) == ["Mary Ann Lee"]


class TestSharedNumbers:
    def test_a_shared_land_line_returns_everybody_behind_it(self, company: Company):
        make_person("张三", LAND_LINE)
        make_person("李四", LAND_LINE)
        assert sorted(names(people.find_by_phone(LAND_LINE))) == ["张三", "李四"]

    def test_an_extension_is_the_same_line(self, company: Company):
        make_person("张三", f"{LAND_LINE} 转 801")
        assert names(people.find_by_phone(LAND_LINE)) == ["张三"]

    def test_whom_the_number_signs_in_stands_first(self, company: Company):
        first = make_person("张三", MOBILE)
        second = make_person("李四", MOBILE)
        ContactPoint.objects.filter(subject_id=first.subject_id).update(login=False)
        ContactPoint.objects.filter(subject_id=second.subject_id).update(
            login=True, verified_at=A_MORNING
        )
        found = people.find_by_phone(MOBILE)
        assert names(found) == ["李四", "张三"]
        assert [match.verified for match in found] == [True, False]

    def test_another_number_finds_nobody(self, company: Company):
        make_person("张三", MOBILE)
        assert people.find_by_phone("13800001235") == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_two_statements_however_many_they_are(
        self, company: Company, django_assert_num_queries, count: int
    ):
        for n in range(count):
            make_person(f"住户{n}", LAND_LINE, company.dwelling)
        with django_assert_num_queries(1), django_assert_num_queries(1, using="keys"):
            assert len(people.find_by_phone(LAND_LINE)) == count

    @settings(max_examples=15, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(shared=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5))
    def test_each_number_finds_exactly_those_who_have_it(self, company: Company, shared):
        numbers = {"a": "13900000001", "b": "13900000002", "c": "02368000003"}
        ContactPoint.objects.all().delete()
        have: dict[str, set] = {key: set() for key in numbers}
        for key in shared:
            have[key].add(make_person("住户", numbers[key]).subject_id)
        for key, number in numbers.items():
            assert {match.subject_id for match in people.find_by_phone(number)} == have[key]
            assert ContactPoint.objects.filter(login=True).count() == len({*shared} - {"c"})


class TestWhatIsShown:
    def test_minors_and_do_not_call_are_flagged(self, company: Company):
        person = make_person("小明", MOBILE, is_minor=True)
        Person.objects.filter(pk=person.pk).update(do_not_call=True)
        [match] = people.find_by_phone(MOBILE)
        assert match.is_minor
        assert match.do_not_call

    def test_several_homes_newest_first_and_former_ones_not_at_all(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)
        second = Dwelling.objects.create(building=company.building, room="2-202")
        former = Dwelling.objects.create(building=company.building, room="3-303")
        later = A_MORNING + dt.timedelta(days=30)
        people.move_in(person.subject_id, second, OccupancyRole.TENANT, actor=SYSTEM, at=later)
        people.move_in(person.subject_id, former, OccupancyRole.FAMILY, actor=SYSTEM, at=A_MORNING)
        people.move_out(person.subject_id, str(former.public_id), actor=SYSTEM, at=A_MORNING)

        [match] = people.find_by_phone(MOBILE)

        assert [home.room for home in match.homes] == ["2-202", "1-101"]

    @pytest.mark.parametrize("home", ["", "none", "00000000-0000-0000-0000-000000000000"])
    def test_nobody_moves_out_of_what_is_not_their_home(self, company: Company, home: str):
        person = make_person("张三", MOBILE, company.dwelling)
        with pytest.raises(NotFound):
            people.move_out(person.subject_id, home, actor=SYSTEM, at=A_MORNING)

    def test_moving_out_takes_who_may_change_people_there(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)
        home, elsewhere = str(company.dwelling.public_id), company.other_manager.holder.actor
        with pytest.raises(NotAllowed):
            people.move_out(person.subject_id, home, actor=elsewhere, at=A_MORNING)

    def test_moving_in_twice_is_once(self, company: Company):
        person = make_person("张三", MOBILE, company.dwelling)
        people.move_in(
            person.subject_id, company.dwelling, OccupancyRole.OWNER, actor=SYSTEM, at=A_MORNING
        )
        assert Occupancy.objects.count() == 1

    def test_a_key_account_is_named(self, company: Company):
        person = make_person("张三", MOBILE)
        manager = make_post("key_account_manager", company.group)
        account = accounts.create(
            "KA1",
            "某银行",
            tier=AccountTier.GROUP_STRATEGIC,
            manager=manager,
            communities=[company.community],
            actor=SYSTEM,
        )
        accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)

        [match] = people.find_by_phone(MOBILE)

        assert match.account is not None
        assert (match.account.code, match.account.manager_post_id) == ("KA1", manager.pk)
        assert match.account.tier is AccountTier.GROUP_STRATEGIC

    def test_who_speaks_for_two_accounts_is_known_by_both(self, company: Company):
        person, again = make_person("张三", MOBILE), make_person("张三", "13912345678")
        manager = make_post("key_account_manager", company.group)
        for code, speakers in (("KA1", [person, again]), ("KA2", [again])):
            account = accounts.create(
                code, code,
                tier=AccountTier.GROUP_STRATEGIC, manager=manager,
                communities=[company.community], actor=SYSTEM,
            )  # fmt: skip
            for each in speakers:
                accounts.add_contact(account, each.subject_id, actor=SYSTEM, at=A_MORNING)
        subjects.merge(again.subject_id, into=person.subject_id, actor=SYSTEM, at=A_MORNING)

        [match] = people.find_by_phone(MOBILE)

        assert [each.code for each in match.accounts] == ["KA1", "KA2"]

    def test_a_destroyed_key_leaves_a_row_without_a_name(self, company: Company):
        person = make_person("张三", MOBILE)
        destructions.destroy_keys(
            [person.subject_id], request_ref="R-1", actor=SYSTEM, at=A_MORNING
        )
        assert names(people.find_by_phone(MOBILE)) == [None]


class TestMergedPeople:
    def test_a_merged_person_is_found_once_with_the_homes_of_both(self, company: Company):
        old = make_person("张 三", LAND_LINE, company.dwelling)
        other = Dwelling.objects.create(building=company.building, room="2-202")
        new = make_person("张三", MOBILE, other)
        subjects.merge(old.subject_id, into=new.subject_id, actor=SYSTEM, at=A_MORNING)

        for number in (LAND_LINE, MOBILE):
            [match] = people.find_by_phone(number)
            assert match.subject_id == new.subject_id
            assert match.name == "张三"
            assert {home.room for home in match.homes} == {"1-101", "2-202"}

    def test_two_matches_that_are_one_person_are_one_row(self, company: Company):
        first, second = make_person("张三", MOBILE), make_person("张三", MOBILE)
        third = make_person("李四", MOBILE)
        subjects.merge(second.subject_id, into=first.subject_id, actor=SYSTEM, at=A_MORNING)

        found = people.find_by_phone(MOBILE)

        assert {match.subject_id for match in found} == {first.subject_id, third.subject_id}

    def test_a_child_merged_in_keeps_its_protection(self, company: Company):
        child = make_person("小明", LAND_LINE, is_minor=True)
        person = make_person("小明", MOBILE)
        subjects.merge(child.subject_id, into=person.subject_id, actor=SYSTEM, at=A_MORNING)
        [match] = people.find_by_phone(MOBILE)
        assert match.is_minor

    def test_known_people_are_described_in_two_statements(
        self, company: Company, django_assert_num_queries
    ):
        one, two = make_person("张三", MOBILE), make_person("李四", LAND_LINE)
        with django_assert_num_queries(1), django_assert_num_queries(1, using="keys"):
            found = people.describe([one.subject_id, two.subject_id])
        assert set(names(found)) == {"张三", "李四"}
        assert people.describe([]) == []


class TestWhoSeesWhom:
    """Two people share one line: one lives in the actor's region, one far away."""

    @pytest.fixture
    def neighbours(self, company: Company) -> dict[str, Person]:
        far_building = Building.objects.create(unit=company.far_community, name="9 栋")
        far = Dwelling.objects.create(building=far_building, room="9-909")
        return {
            "near": make_person("张三", LAND_LINE, company.dwelling),
            "far": make_person("王五", LAND_LINE, far),
        }

    def test_the_hotline_of_the_group_sees_both_in_full(self, company, neighbours):
        found = people.look_up(LAND_LINE, actor=company.agent.holder.actor)
        assert set(names(found)) == {"张三", "王五"}
        assert all(match.shown_in_full for match in found)

    def test_out_of_scope_is_not_there(self, company: Company, neighbours):
        supervisor = make_post("hotline_supervisor", company.region).holder.actor

        found = people.look_up(LAND_LINE, actor=supervisor)

        assert names(found) == ["张三"]
        assert Person.objects.count() == 2
        assert list(Person.objects.visible_to(supervisor)) == [neighbours["near"]]

    def test_without_the_permission_to_see_reporters_names_and_rooms_are_masked(
        self, company: Company, neighbours
    ):
        from organisation.models import Role

        role = Role.objects.create(
            code="lookup_only", name="查询", name_en="Lookup", permissions=["callers.lookup"]
        )
        actor = make_post(role.code, company.group).holder.actor

        found = people.look_up(LAND_LINE, actor=actor)

        assert sorted(names(found)) == ["张*", "王*"]
        assert {home.room for match in found for home in match.homes} == {""}
        assert {home.building for match in found for home in match.homes} == {"1 栋", "9 栋"}

    def test_minors_are_masked_for_everybody(self, company: Company):
        make_person("小明", MOBILE, company.dwelling, is_minor=True)
        [match] = people.look_up(MOBILE, actor=company.agent.holder.actor)
        assert (match.name, match.is_minor, match.shown_in_full) == ("小*", True, False)
        assert match.homes[0].room == ""

    @pytest.mark.parametrize("post", ["engineer", "executive", "steward"])
    def test_whoever_may_not_look_up_is_refused(self, company: Company, neighbours, post):
        actor = getattr(company, post).holder.actor
        with pytest.raises(NotAllowed):
            people.look_up(LAND_LINE, actor=actor)
        assert not Person.objects.visible_to(actor).exists()

    def test_a_resident_sees_themselves_in_all_their_rows(self, company, neighbours):
        near = neighbours["near"]
        again = make_person("张三", MOBILE)
        subjects.merge(again.subject_id, into=near.subject_id, actor=SYSTEM, at=A_MORNING)
        seen = Person.objects.visible_to(Actor.reporter(near.subject_id))
        assert set(seen) == {near, again}

    def test_an_exact_name_is_found_within_a_unit_only(self, company: Company, neighbours):
        agent = company.agent.holder.actor
        assert names(people.find_by_name("张三", company.community, actor=agent)) == ["张三"]
        assert people.find_by_name("张三", company.far_community, actor=agent) == []
        assert people.find_by_name("张", company.community, actor=agent) == []
        with pytest.raises(NotAllowed):
            people.find_by_name("张三", company.community, actor=company.steward.holder.actor)

    def test_subjects_without_a_person_are_nobody(self, company: Company):
        from privacy.vault.services import keys

        subject = subjects.create_subject(keys.create_subject_key(), at=A_MORNING)
        assert DataSubject.objects.filter(pk=subject.pk).exists()
        assert people.describe([subject.pk]) == []
