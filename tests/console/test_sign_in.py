"""Staff come in by name and password, land where their work is, and go out again."""

import pytest
from django.urls import reverse

from console import demo_accounts
from console.demo_accounts import DemoAccount
from tests.console.conftest import Browser
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SIGN_IN = "/console/sign-in/"


def sign_in(person, password=PASSWORD, **more):
    return Browser().send(SIGN_IN, username=person.username, password=password, **more)


def test_a_right_password_leads_to_the_first_page():
    assert sign_in(StaffFactory()).url == "/console/"


def test_a_wrong_password_says_so_and_keeps_the_name():
    person = StaffFactory()
    page = sign_in(person, "wrong")
    assert page.status == 200
    assert "工号或密码不对" in page
    assert f'value="{person.username}"' in page
    assert "wrong" not in page.text.split("<main")[1]


def test_an_unknown_name_gets_the_same_words():
    known, unknown = sign_in(StaffFactory(), "wrong"), sign_in(StaffFactory.build(), "wrong")
    said = "工号或密码不对，请重新输入。连续输错 5 次将暂停 15 分钟。"
    assert said in known
    assert said in unknown


def test_one_goes_on_where_one_wanted_to_go():
    assert sign_in(StaffFactory(), next="/console/notices/").url == "/console/notices/"


def test_one_is_not_led_to_another_site():
    assert sign_in(StaffFactory(), next="https://elsewhere.example/").url == "/console/"


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("agent", "workbench"),
        ("steward", "work"),
        ("engineer", "work"),
        ("executive", "escalated"),
        ("region_head", "workbench"),
        ("region_manager", "escalated"),
        ("dispatcher", "workbench"),
    ],
)
def test_the_day_begins_where_the_work_is(company, role, page):
    browser = Browser(getattr(company, role).holder)
    assert browser.open("/console/").url == reverse(f"console:{page}")


def test_who_has_no_post_is_told_so(db):
    page = Browser(StaffFactory()).open("/console/")
    assert page.status == 200
    assert "您的账号还没有岗位" in page


def test_signing_out_is_a_post_and_ends_the_session(agent):
    assert agent.open("/console/sign-out/").status == 405
    assert agent.send("/console/sign-out/").url == SIGN_IN
    assert agent.open("/console/workbench/").url.startswith(SIGN_IN)


def test_a_stranger_is_sent_back_afterwards(db):
    url = Browser().open("/console/workbench/?show=late").url
    assert url == f"{SIGN_IN}?next=/console/workbench/%3Fshow%3Dlate"


def test_a_stranger_in_the_background_takes_the_whole_page_along(db):
    answer = Browser().get(
        "/console/workbench/",
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://testserver/console/work/?tab=waiting",
        },
    )
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"{SIGN_IN}?next=/console/work/%3Ftab%3Dwaiting"


def test_pages_are_kept_by_no_cache(agent):
    assert "no-store" in agent.open("/console/workbench/").headers["Cache-Control"]


class TestDemoAccounts:
    @pytest.fixture(autouse=True)
    def _offer(self, monkeypatch):
        account = DemoAccount("chenxiao", "demo-password", "陈晓", "客服坐席：接听来电")
        monkeypatch.setattr(demo_accounts, "_offers", [lambda: [account]])

    @pytest.fixture
    def demo(self, settings):
        settings.MODE = type(settings.MODE)("demo")

    def test_are_offered_in_the_demo_alone(self, db):
        assert "chenxiao" not in Browser().open(SIGN_IN)

    @pytest.mark.usefixtures("db", "demo")
    def test_are_listed_and_a_click_fills_the_form(self):
        page = Browser().open(SIGN_IN)
        assert 'href="?as=chenxiao"' in page
        filled = Browser().open(SIGN_IN, **{"as": "chenxiao"})
        assert 'value="chenxiao"' in filled
        assert 'value="demo-password"' in filled

    @pytest.mark.usefixtures("db", "demo")
    def test_an_unknown_account_fills_nothing(self):
        assert 'value="demo-password"' not in Browser().open(SIGN_IN, **{"as": "somebody"})
