"""A call becomes a ticket: who calls, what the form asks, and that nothing typed is lost."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from complaints.enums import Kind, Protection
from complaints.models import Attachment, Ticket
from complaints.services.photos import PHOTOS_PER_DRAFT
from complaints.suggestions import Candidate, suggest
from console import intake_questions
from core.actors import SYSTEM
from organisation.models import Building, Dwelling
from residents.enums import AccountTier
from residents.models import Occupancy, Person
from residents.services import accounts, handles
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

FIND, NEW = "/console/workbench/find/", "/console/workbench/new/"
NEEDS, REGISTER = "/console/workbench/needs/", "/console/workbench/people/"


def look_up(browser, number="13812345678"):
    return browser.send(FIND, q=number)


def picture(name="photo.jpg", kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def form_of(page):
    """The hidden and chosen values of the intake form as the browser would send them."""
    form = page.text.split('data-draft="intake-')[1].split("</form>")[0]
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    home = re.search(r'name="home" value="([^"]+)"[^>]*checked', form)
    return {**found, **({"home": home.group(1)} if home else {})}


def told(page, **fields):
    return {
        **form_of(page),
        "kind": "complaint",
        "category": "noise",
        "channel": "hotline",
        "body": "楼上装修太吵",
        **fields,
    }


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
        accounts.add_contact(account, caller.subject_id, actor=SYSTEM)
        page = look_up(agent)
        assert "大客户 · 星河商业" in page
        assert "请勿致电" in page
        assert "客户经理" in page

    def test_a_protected_report_of_the_caller_is_seen_by_the_hotline(self, agent, caller, company):
        make_ticket(company, reporter_subject=caller.subject_id, category_code="staff_conduct",
                    body="保安推人")  # fmt: skip
        assert "保安推人" in look_up(agent)


class TestANewPerson:
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
            ("name", "", "该字段是必填项"),
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


class TestTheTicket:
    def test_is_taken_in_and_its_number_read_back(self, agent, caller, company):
        page = agent.send(NEW, **told(look_up(agent)))
        ticket = Ticket.objects.get()
        assert page.url.startswith(f"/console/workbench/recorded/{ticket.reference}/")
        assert (ticket.kind, ticket.category.code, ticket.dwelling, ticket.channel) == (
            "complaint",
            "noise",
            company.dwelling,
            "hotline",
        )
        assert ticket.reporter.subject_id == caller.subject_id
        read = agent.open(page.url)
        digits = "".join(re.findall(r"reference--hero.*?</span></span>", read.text)[0:1])
        assert re.sub(r"<[^>]+>|[^0-9]", "", digits) == ticket.reference
        assert f"已派给 {ticket.post}" in read

    def test_the_draft_of_this_browser_is_forgotten_afterwards(self, agent, caller):
        form = look_up(agent)
        draft = re.search(r'data-draft="(intake-\w+)"', form.text).group(1)
        page = agent.send(NEW, **told(form))
        assert f'data-draft-done="{draft}"' in agent.open(page.url)

    def test_drafts_of_two_callers_are_kept_apart_and_say_nothing_of_them(self, agent, caller):
        make_person("李四", "13900001111")
        names = {
            re.search(r'data-draft="(intake-\w+)"', look_up(agent, number).text).group(1)
            for number in ("13812345678", "13900001111")
        }
        assert len(names) == 2
        assert not any(caller.subject_id.hex[:8] in name for name in names)

    def test_pressing_twice_makes_one(self, agent, caller):
        values = told(look_up(agent))
        first, again = agent.send(NEW, **values), agent.send(NEW, **values)
        assert first.url == again.url
        assert Ticket.objects.count() == 1

    def test_the_same_form_with_other_words_is_asked_about_first(self, agent, caller):
        values = told(look_up(agent))
        agent.send(NEW, **values)
        page = agent.send(NEW, **{**values, "body": "另一件事"})
        assert page.status == 422
        assert "这份表单已经提交过" in page
        assert "另一件事" in page
        assert form_of(page)["idempotency_key"] != values["idempotency_key"]
        agent.send(NEW, **{**told(page), "body": "另一件事"})
        assert Ticket.objects.count() == 2

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"body": ""}, "该字段是必填项"),
            ({"category": ""}, "该字段是必填项"),
            ({"category": "no.such"}, "选择一个有效的选项"),
            ({"kind": "bribe"}, "请选择列出的类型"),
            ({"severity": "terrible"}, "选择一个有效的选项"),
            ({"home": "elsewhere", "community": ""}, "该字段是必填项"),
            ({"home": "elsewhere", "community": "哪里"}, "没有这个小区"),
            ({"body": "长" * 5001}, "5000"),
        ],
    )
    def test_a_mistake_loses_nothing(self, agent, caller, changes, said):
        values = told(look_up(agent), place="7 楼电梯口", **changes)
        page = agent.send(NEW, **values)
        assert page.status == 422
        assert said in page
        assert "周敏" in page
        if "body" not in changes:
            assert "楼上装修太吵" in page
        assert not Ticket.objects.exists()

    def test_a_caller_found_too_long_ago_is_asked_for_again(self, agent, caller, monkeypatch):
        values = told(look_up(agent))
        monkeypatch.setattr(handles, "LIFETIME_SECONDS", -1)
        page = agent.send(NEW, **values)
        assert page.status == 422
        assert "来电人信息已过期" in page
        assert "楼上装修太吵" in page
        assert not Ticket.objects.exists()

    def test_nobody_in_particular_reports_with_a_place(self, agent, company):
        form = agent.open(NEW)
        page = agent.send(NEW, **told(form, community="X1", building="", room=""))
        ticket = Ticket.objects.get()
        assert page.url
        assert (ticket.unit, ticket.dwelling) == (company.community, None)
        assert not hasattr(ticket, "reporter")

    def test_somewhere_else_is_not_the_callers_home(self, agent, caller, company):
        values = told(look_up(agent), home="elsewhere", community="X2")
        agent.send(NEW, **values)
        ticket = Ticket.objects.get()
        assert (ticket.unit, ticket.dwelling) == (company.other_community, None)
        assert ticket.reporter.subject_id == caller.subject_id

    def test_a_home_out_of_reach_is_refused(self, company):
        far = Building.objects.create(unit=company.far_community, name="1 栋")
        room = Dwelling.objects.create(building=far, room="1")
        manager = Browser(company.manager.holder)
        values = told(manager.open(NEW), home=str(room.public_id))
        page = manager.send(NEW, **values)
        assert page.status == 422
        assert not Ticket.objects.exists()

    def test_a_key_account_is_noted(self, agent, caller, company):
        account = accounts.create(
            "K1",
            "星河商业",
            tier=AccountTier.STANDARD,
            manager=company.manager,
            communities=[],
            actor=SYSTEM,
        )
        accounts.add_contact(account, caller.subject_id, actor=SYSTEM)
        agent.send(NEW, **told(look_up(agent)))
        assert Ticket.objects.get().account == account

    def test_who_only_handles_takes_nothing_in(self, company):
        engineer = Browser(company.engineer.holder)
        assert engineer.open(NEW).status == 403
        assert engineer.send(NEW).status == 403
        assert not Ticket.objects.exists()


class TestPhotos:
    def test_become_part_of_the_ticket(self, agent, caller):
        agent.send(NEW, **told(look_up(agent)), photos=[picture(), picture()])
        assert Attachment.objects.filter(event__ticket=Ticket.objects.get()).count() == 2

    def test_a_file_that_is_none_is_refused_and_the_others_are_kept(self, agent, caller):
        bad = SimpleUploadedFile("note.txt", b"no picture", "image/jpeg")
        page = agent.send(NEW, **told(look_up(agent)), photos=[picture(), bad])
        assert page.status == 422
        assert "note.txt：无法识别此文件" in page
        assert "已上传 1 张照片" in page
        assert not Ticket.objects.exists()
        agent.send(NEW, **told(page))
        assert Attachment.objects.filter(event__ticket=Ticket.objects.get()).count() == 1

    def test_are_kept_when_something_else_is_wrong_after_them(self, agent, caller, monkeypatch):
        values = told(look_up(agent), home="elsewhere", community="哪里")
        page = agent.send(NEW, **values, photos=[picture()])
        assert "已上传 1 张照片" in page
        agent.send(NEW, **told(page, home="elsewhere", community="X1"))
        assert Attachment.objects.filter(event__ticket=Ticket.objects.get()).count() == 1

    def test_too_many_are_refused(self, agent, caller):
        page = agent.send(
            NEW, **told(look_up(agent)), photos=[picture() for _ in range(PHOTOS_PER_DRAFT + 1)]
        )
        assert page.status == 422
        assert "一次最多上传 9 张照片" in page


class TestWhatTheFormAsks:
    def test_the_category_follows_the_words_until_somebody_chooses(self, agent, caller):
        values = told(look_up(agent), category="", body="电梯困人了")
        page = agent.send(NEEDS, **values)
        assert 'hx-swap-oob="true"' in page
        assert 'value="lifts" selected' in page
        assert 'name="suggested" value="lifts"' in page
        chosen = agent.send(NEEDS, **{**values, "category": "noise", "suggested": "lifts"})
        assert "hx-swap-oob" not in chosen
        moved = agent.send(
            NEEDS, **{**values, "category": "lifts", "suggested": "lifts", "body": "车位被占"}
        )
        assert 'value="parking" selected' in moved

    def test_a_matter_of_the_site_asks_for_the_place(self, agent, caller):
        values = told(look_up(agent))
        assert 'name="place"' not in agent.send(NEEDS, **values)
        assert 'name="place"' in agent.send(NEEDS, **{**values, "category": "lifts"})

    def test_a_known_home_needs_no_address(self, agent, caller):
        values = told(look_up(agent))
        assert 'name="community"' not in agent.send(NEEDS, **values)
        assert 'name="community"' in agent.send(NEEDS, **{**values, "home": "elsewhere"})

    def test_staff_conduct_asks_who_and_how_protected(self, agent, caller, company):
        page = agent.send(NEEDS, **told(look_up(agent), category="staff_conduct"))
        assert f'value="{company.steward.holder_id}"' in page
        assert 'name="protection" value="protected"' in page
        assert f'value="{company.far_steward.holder_id}"' not in page

    def test_what_was_not_asked_yet_is_asked_before_it_is_taken_in(self, agent, caller):
        """Without script nobody saw the further questions."""
        page = agent.send(NEW, **told(look_up(agent), category="staff_conduct"))
        assert page.status == 422
        assert "这类事项还要问几项" in page
        assert "楼上装修太吵" in page
        agent.send(NEW, **told(page, category="staff_conduct", protection="protected"))
        assert Ticket.objects.count() == 1

    def test_named_staff_are_kept_away(self, agent, caller, company):
        page = agent.send(NEEDS, **told(look_up(agent), category="staff_conduct"))
        asked = re.search(r'name="asked" value="([^"]+)"', page.text).group(1)
        named = company.steward.holder_id
        agent.send(
            NEW,
            **told(look_up(agent), category="staff_conduct", asked=asked, named_staff=[named],
                   protection="protected"),
        )  # fmt: skip
        ticket = Ticket.objects.get()
        assert list(ticket.parties.values_list("staff_id", flat=True)) == [named]
        assert ticket.reporter.protection == Protection.PROTECTED

    def test_an_anonymous_report_keeps_nobody(self, agent, caller):
        values = told(
            look_up(agent),
            kind="integrity",
            category="other",
            asked="named_staff protection",
            protection="anonymous",
        )
        agent.send(NEW, **values)
        assert Ticket.objects.get().reporter.subject_id is None

    def test_a_report_about_integrity_gives_its_number_and_nothing_else(self, agent, caller):
        values = told(
            look_up(agent),
            kind="integrity",
            category="other",
            asked="named_staff protection",
            protection="protected",
            body="收受回扣",
        )
        page = agent.send(NEW, **values)
        read = agent.open(page.url)
        assert read.status == 200
        assert "已转交专门部门" in read
        assert "收受回扣" not in read

    def test_a_number_that_somebody_else_took_in_is_not_read_back(self, company, agent, ticket):
        assert agent.open(f"/console/workbench/recorded/{ticket.reference}/").status == 200
        steward = Browser(company.steward.holder)
        assert steward.open(f"/console/workbench/recorded/{ticket.reference}/").status == 404

    @pytest.mark.parametrize(
        ("kind", "category", "questions"),
        [
            ("complaint", "noise", set()),
            ("complaint", "lifts", {"place"}),
            ("repair", "engineering.water", set()),
            ("complaint", "staff_conduct", {"named_staff", "protection"}),
            (Kind.INTEGRITY, "lifts", {"place", "named_staff", "protection"}),
            ("complaint", "", set()),
        ],
    )
    def test_questions_follow_from_kind_and_category(self, kind, category, questions):
        assert intake_questions.asked(kind, category) == questions


class TestWhatMayBeTheSame:
    def test_an_open_ticket_of_the_home_and_category_is_shown(self, agent, caller, company, ticket):
        page = agent.send(NEEDS, **told(look_up(agent)))
        assert "可能已经有人报过" in page
        assert f"/console/tickets/{ticket.public_id}/" in page

    def test_another_category_or_a_closed_one_is_not(self, agent, caller, company, ticket):
        assert "可能已经" not in agent.send(NEEDS, **told(look_up(agent), category="fees"))
        from complaints.services import lifecycle

        lifecycle.withdraw(ticket, actor=SYSTEM, at=A_MORNING, reason="撤回")
        assert "可能已经" not in agent.send(NEEDS, **told(look_up(agent)))

    def test_in_the_open_only_those_of_these_days(self, agent, company):
        from core.clock import database_now

        now = database_now()
        for days in (1, 10):
            make_ticket(
                company,
                dwelling=None,
                unit=company.community,
                category_code="lifts",
                body=f"{days} 天前",
                at=now - dt.timedelta(days=days),
            )
        page = agent.send(NEEDS, **told(agent.open(NEW), category="lifts", community="X1"))
        assert "1 天前" in page
        assert "10 天前" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_lookup_costs_the_same_for_two_people_as_for_four(
    agent, company, count, django_assert_num_queries
):
    for n in range(count + 1):
        make_person(f"住户{n}", "13812345678", company.dwelling)
    with django_assert_num_queries(9):
        look_up(agent)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("电梯困人了", ["lifts"]),
        ("水管漏水", ["water"]),
        ("没有关系的话", []),
        ("電梯 ELEVATOR", []),
    ],
)
def test_words_suggest_categories(text, codes):
    known = [Candidate("lifts", "电梯 困人"), Candidate("water", "水管 漏水"), Candidate("x", "")]
    assert suggest(text, known) == codes


def test_a_longer_keyword_and_a_part_of_the_tree_go_first():
    known = [
        Candidate("a", "水"),
        Candidate("b", "漏水"),
        Candidate("b.part", "漏水"),
        Candidate("c", "漏"),
    ]
    assert suggest("漏水", known) == ["b.part", "b", "a"]


class TestDoors:
    def test_every_kind_and_channel_of_people_is_offered(self, agent):
        page = agent.open(NEW)
        for kind in ("complaint", "repair", "inquiry", "suggestion", "praise", "incident"):
            assert f'name="kind" value="{kind}"' in page
        assert 'name="kind" value="integrity"' in page
        for channel in (
            "hotline", "site_visit", "home_visit", "sales_site", "email", "letter",
            "owners_meeting", "questionnaire",
        ):  # fmt: skip
            assert f'<option value="{channel}"' in page

    def test_the_site_has_no_hotline(self, steward):
        page = steward.open(NEW)
        assert '<option value="hotline"' not in page
        assert '<option value="owners_meeting"' in page

    def test_a_kind_with_one_category_is_not_asked_for_it(self, agent, company):
        said = {
            "kind": "integrity",
            "body": "收受回扣",
            "community": "X1",
            "channel": "letter",
            "asked": "named_staff protection",
            "protection": "anonymous",
        }
        agent.send(NEW, **said)
        assert Ticket.objects.get().category.code == "integrity"

    def test_any_other_kind_is(self, agent, company):
        page = agent.send(NEW, kind="complaint", body="说不清", community="X1", channel="letter")
        assert page.status == 422
        assert "该字段是必填项" in page
