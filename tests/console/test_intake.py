"""A call becomes a ticket, with its photos, and nothing typed is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Attachment, Ticket
from complaints.services.photos import PHOTOS_PER_DRAFT
from core.actors import SYSTEM
from organisation.models import Building, Dwelling
from residents.enums import AccountTier
from residents.services import accounts, handles
from tests.console.calling import NEW, form_of, look_up, picture, told
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_person

pytestmark = pytest.mark.django_db


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
        assert re.search(r"请告诉住户：最迟\S+ \d\d:\d\d 答复", read.text)

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
            ({"body": ""}, "请填写“住户怎么说”。"),
            ({"category": ""}, "请选择“类别”。"),
            ({"category": "no.such"}, "选择一个有效的选项"),
            ({"kind": "bribe"}, "请选择列出的类型"),
            ({"severity": "terrible"}, "选择一个有效的选项"),
            ({"home": "elsewhere", "community": ""}, "请填写“小区”。"),
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
        accounts.add_contact(account, caller.subject_id, actor=SYSTEM, at=A_MORNING)
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

    def test_are_kept_when_the_form_is_not_complete(self, agent, caller):
        page = agent.send(NEW, **told(look_up(agent), body=""), photos=[picture()])
        assert page.status == 422
        assert "已上传 1 张照片" in page

    def test_too_many_are_refused(self, agent, caller):
        page = agent.send(
            NEW, **told(look_up(agent)), photos=[picture() for _ in range(PHOTOS_PER_DRAFT + 1)]
        )
        assert page.status == 422
        assert "一次最多上传 9 张照片" in page


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
        assert "请选择“类别”。" in page
