"""Who calls: found by number, chosen among several, or written down."""

import re

import pytest

from core.actors import SYSTEM
from organisation.models import Building, Dwelling
from residents.enums import AccountTier
from residents.models import Occupancy, Person
from residents.services import accounts, handles
from tests.console.calling import REGISTER, form_of, look_up
from tests.factories import A_MORNING, make_person, make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db


class TestWhoCalls:
    def test_one_person_opens_their_form_at_once(self, agent, caller, company):
        page = look_up(agent)
        assert "住户怎么说" in page
        assert "周敏" in page
        assert "138****5678" in page
        assert "13812345678" not in page
        assert str(caller.subject_id) not in page
        assert handles.subject_of(form_of(page)["caller"]) == caller.subject_id
        assert form_of(page)["home"] == str(company.dwelling.public_id)

    def test_several_people_are_offered_with_what_is_open_for_them(self, agent, caller, company):
        other = make_person("周伟", "13812345678", company.dwelling)
        make_ticket(company, reporter_subject=other.subject_id, body="电梯停了")
        page = look_up(agent)
        assert "是哪一位来电？" in page
        assert page.text.count('name="caller"') == 2
        assert "电梯停了" in page
        offered = re.findall(r'name="caller" value="([^"]+)"', page.text)
        opened = [agent.send("/console/workbench/caller/", caller=each) for each in offered]
        assert sum("周伟" in answer for answer in opened) >= 1

    def test_an_unknown_number_starts_a_new_person_with_the_number_filled_in(self, agent):
        page = look_up(agent, "139 0000 1111")
        assert "这个号码还没有登记" in page
        assert 'value="139 0000 1111"' in page

    def test_somebody_else_at_a_known_number_is_written_down_too(self, agent, caller, company):
        assert 'href="/console/workbench/people/"' in look_up(agent)
        form = agent.open(REGISTER)
        assert 'name="phone"' in form
        assert "这个号码还没有登记" not in form
        agent.send(REGISTER, name="周伟", phone="13812345678", role="family")
        assert "是哪一位来电？" in look_up(agent)

    def test_who_lives_in_the_community_under_that_name_is_offered_once(self, agent, company):
        known = make_person("周伟", "13812345678", company.dwelling)
        new = {
            "name": "周 伟".replace(" ", ""), "phone": "13900001111", "role": "family",
            "community": company.community.name,
        }  # fmt: skip
        asked = agent.send(REGISTER, **new)
        assert "已登记有同名的人" in asked
        assert 'value="13900001111"' in asked
        handle = re.search(r'name="caller" value="([^"]+)"', asked.text)[1]
        assert handles.subject_of(handle) == known.subject_id
        assert Person.objects.count() == 1
        agent.send(REGISTER, another="1", **new)
        assert Person.objects.count() == 2

    def test_a_namesake_of_another_community_is_nobody_s_business(self, agent, company):
        building = Building.objects.create(unit=company.other_community, name="1 栋")
        make_person("周伟", "13812345678", Dwelling.objects.create(building=building, room="1"))
        agent.send(
            REGISTER, name="周伟", phone="13900001111", role="family",
            community=company.community.name,
        )  # fmt: skip
        assert Person.objects.count() == 2

    def test_who_wants_no_calls_says_so_once(self, agent, caller, company):
        page = look_up(agent)
        wish = {"caller": form_of(page)["caller"], "wanted": "no"}
        address = "/console/workbench/people/calls/"
        assert "本人要求不接电话" in agent.send(address, **wish)
        assert "本人要求不接电话" in look_up(agent)
        assert "本人要求不接电话" not in agent.send(address, **{**wish, "wanted": "yes"})

    def test_only_who_may_change_people_changes_that(self, caller, steward):
        wish = {"caller": handles.handle_of(caller.subject_id), "wanted": "no"}
        assert steward.send("/console/workbench/people/calls/", **wish).status == 403
        assert not Person.objects.get(pk=caller.pk).do_not_call

    def test_who_has_moved_out_is_no_longer_at_home_there(self, agent, caller, company):
        page = look_up(agent)
        home = str(company.dwelling.public_id)
        assert "登记搬离" in page
        form = {"caller": form_of(page)["caller"], "dwelling": home}
        after = agent.send("/console/workbench/people/moved-out/", **form)
        assert "已记下搬离" in after
        assert not says(look_up(agent).text, "1-101")
        assert "此人已不住在那里" in agent.send("/console/workbench/people/moved-out/", **form)

    def test_an_old_handle_is_not_found(self, agent):
        assert agent.send("/console/workbench/caller/", caller="rubbish").status == 404

    def test_a_minor_stays_masked(self, agent, company):
        make_person("小明", "13900002222", company.dwelling, is_minor=True)
        page = look_up(agent, "13900002222")
        assert "小明" not in page
        assert "小*" in page
        assert "未成年人" in page

    def test_who_wants_no_calls_and_who_is_a_key_account_stand_out(self, agent, caller, company):
        Person.objects.filter(pk=caller.pk).update(do_not_call=True)
        account = accounts.create(
            "K1",
            "星河商业",
            tier=AccountTier.STANDARD,
            manager=company.manager,
            communities=[company.community],
            actor=SYSTEM,
        )
        accounts.add_contact(account, caller.subject_id, actor=SYSTEM, at=A_MORNING)
        page = look_up(agent)
        assert "大客户 · 星河商业" in page
        assert "请勿致电" in page
        assert "客户经理" in page

    def test_a_protected_report_of_the_caller_is_seen_by_the_hotline(self, agent, caller, company):
        make_ticket(company, reporter_subject=caller.subject_id, category_code="staff_conduct",
                    body="保安推人")  # fmt: skip
        assert "保安推人" in look_up(agent)


class TestANewPerson:
    def test_a_number_that_is_none_is_said_beside_its_field(self, agent, company):
        answer = agent.send(REGISTER, name="周伟", phone="1381234", role="family")
        assert answer.status == 422
        assert 'id="person_phone_error"' in answer
        assert 'value="1381234"' in answer

    def values(self, **changes):
        return {
            "name": "王芳",
            "phone": "13900001111",
            "role": "tenant",
            "community": "X1",
            "building": "1栋",
            "room": "1-101",
            **changes,
        }

    def test_is_written_down_and_goes_on_to_their_matter(self, agent, company):
        page = agent.send(REGISTER, **self.values())
        assert "住户怎么说" in page
        assert "王芳" in page
        lives = Occupancy.objects.get()
        assert (lives.dwelling, lives.role) == (company.dwelling, "tenant")

    def test_sending_it_twice_writes_one_person(self, agent, company):
        agent.send(REGISTER, **self.values())
        agent.send(REGISTER, **self.values())
        assert Person.objects.count() == 1
        assert Occupancy.objects.count() == 1

    def test_another_name_at_the_number_is_another_person(self, agent, company):
        agent.send(REGISTER, **self.values())
        agent.send(REGISTER, **self.values(name="王强"))
        assert Person.objects.count() == 2

    def test_without_a_home_is_possible(self, agent, company):
        page = agent.send(REGISTER, **self.values(community="", building="", room=""))
        assert "住户怎么说" in page
        assert not Occupancy.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("phone", "1390000", "电话号码位数不足"),
            ("community", "哪里", "没有这个小区"),
            ("community", "X", "有多个小区符合"),
            ("room", "9-999", "没有这套房屋。楼栋有：1 栋"),
            ("name", "", "请填写“姓名”。"),
        ],
    )
    def test_a_mistake_is_said_beside_its_field_and_the_rest_stays(
        self, agent, company, field, value, said
    ):
        page = agent.send(REGISTER, **self.values(**{field: value}))
        assert page.status == 422
        assert said in page
        kept = "tenant" if field == "name" else "王芳"
        assert kept in page
        assert not Person.objects.exists()

    def test_a_room_in_two_buildings_asks_for_the_building(self, agent, company):
        second = Building.objects.create(unit=company.community, name="2 栋")
        Dwelling.objects.create(building=second, room="1-101")
        page = agent.send(REGISTER, **self.values(building=""))
        assert "多个楼栋都有这个房号" in page

    def test_needs_the_right_to_write_people_down(self, steward):
        assert steward.send(REGISTER, **self.values()).status == 403


@pytest.mark.parametrize("count", [1, 3])
def test_a_lookup_costs_the_same_for_two_people_as_for_four(
    agent, company, count, django_assert_num_queries
):
    for n in range(count + 1):
        make_person(f"住户{n}", "13812345678", company.dwelling)
    with django_assert_num_queries(9):
        look_up(agent)
