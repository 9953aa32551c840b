"""What a caller says about themselves in the middle of a call: offered to whom it is allowed, and
without any loss of what is being typed about their matter."""

import re

import pytest

from organisation.models import Building, Dwelling, Role
from residents.models import Occupancy, Person
from residents.services import handles
from tests.console.calling import form_of, look_up, picture, told
from tests.console.conftest import Browser
from tests.factories import make_person, make_post
from tests.reading import says

pytestmark = pytest.mark.django_db

CALLS, MOVED = "/console/workbench/people/calls/", "/console/workbench/people/moved-out/"


@pytest.fixture
def community_desk(company):
    """Takes calls for everybody, but writes people of one community down."""
    seen = ["tickets.view", "tickets.create", "callers.lookup"]
    Role.objects.create(code="listener", name="接听", permissions=seen)
    Role.objects.create(code="registrar", name="登记", permissions=["residents.edit"])
    staff = make_post("listener", company.group).holder
    make_post("registrar", company.community, holder=staff)
    return Browser(staff)


@pytest.fixture
def elsewhere(company):
    building = Building.objects.create(unit=company.other_community, name="1 栋")
    return Dwelling.objects.create(building=building, room="1-101")


def test_it_is_offered_for_the_homes_and_people_in_reach_alone(
    community_desk, company, caller, elsewhere
):
    make_person("王芳", "13900001111", elsewhere)
    Occupancy.objects.create(subject_id=caller.subject_id, dwelling=elsewhere, role="owner",
                             from_on="2020-01-01")  # fmt: skip
    page = look_up(community_desk).text
    assert re.findall(r'name="dwelling" value="([^"]+)"', page) == [str(company.dwelling.public_id)]
    assert "记为请勿致电" in page
    page = look_up(community_desk, "13900001111").text
    assert "王芳" in page or "王*" in page
    assert 'name="dwelling"' not in page
    assert "记为请勿致电" not in page


def test_both_are_buttons_of_the_form_so_that_its_words_go_along_without_script(agent, caller):
    page = look_up(agent).text
    for address in (CALLS, MOVED):
        button = re.search(rf'<button[^>]*formaction="{address}"[^>]*>', page).group()
        assert 'form="intake"' in button
    assert re.search(r'<form[^>]*id="intake"[^>]*enctype="multipart/form-data"', page)


def test_words_choices_and_photos_stay_when_the_caller_wants_no_calls(agent, caller):
    typed = told(look_up(agent), severity="urgent", photos=[picture()])
    page = agent.send(CALLS, wanted="no", **typed)
    assert page.status == 200
    assert "本人要求不接电话" in page
    assert "楼上装修太吵</textarea>" in page
    assert re.search(r'value="urgent"\s+selected', page.text)
    assert re.search(r'value="noise"\s+selected', page.text)
    assert re.search(r'name="draft" value="[\w-]{36}"', page.text)
    assert "已上传 1 张照片" in page


def test_the_home_that_was_left_is_where_the_matter_is_no_longer(agent, caller, company):
    typed = told(look_up(agent))
    assert typed["home"] == str(company.dwelling.public_id)
    page = agent.send(MOVED, dwelling=typed["home"], **typed)
    assert "已记下搬离" in page
    assert "楼上装修太吵</textarea>" in page
    assert 'name="community"' in page
    assert not says(page.text, "1-101")


def test_elsewhere_stays_elsewhere(agent, caller, company):
    second = Dwelling.objects.create(building=company.dwelling.building, room="2-202")
    Occupancy.objects.create(subject_id=caller.subject_id, dwelling=second, role="owner",
                             from_on="2020-01-01")  # fmt: skip
    typed = told(look_up(agent), home="elsewhere", community="X1")
    page = agent.send(MOVED, dwelling=str(second.public_id), **typed)
    assert re.search(r'name="home" value="elsewhere"[^>]*checked', page.text)
    assert 'name="community" value="X1"' in page


def test_pressed_twice_it_says_so_and_keeps_the_words(agent, caller, company):
    typed = told(look_up(agent))
    agent.send(MOVED, dwelling=typed["home"], **typed)
    page = agent.send(MOVED, dwelling=typed["home"], **typed)
    assert "此人已不住在那里" in page
    assert "楼上装修太吵</textarea>" in page


def test_an_old_handle_keeps_the_words_and_writes_nothing(agent, caller):
    typed = {**told(look_up(agent)), "caller": "rubbish"}
    page = agent.send(CALLS, wanted="no", **typed)
    assert "来电人信息已过期" in page
    assert "楼上装修太吵</textarea>" in page
    assert not Person.objects.get(pk=caller.pk).do_not_call


def test_who_is_out_of_reach_is_not_changed(community_desk, elsewhere):
    other = make_person("王芳", "13900001111", elsewhere)
    handle = handles.handle_of(other.subject_id)
    page = community_desk.send(CALLS, caller=handle, wanted="no", body="太吵")
    assert "不归您登记" in page
    assert not Person.objects.get(pk=other.pk).do_not_call
    assert form_of(page)
