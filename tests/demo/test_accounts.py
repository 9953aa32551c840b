"""The demo's accounts can be picked on the sign-in page."""

import pytest

from console import demo_accounts
from demo import accounts
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


def test_the_demo_offers_its_accounts_and_no_other_mode_does(settings):
    StaffFactory(username="agent", name="陈晓")
    assert demo_accounts.offered() == []

    settings.MODE = type(settings.MODE)("demo")
    [offered] = demo_accounts.offered()

    assert (offered.username, offered.name, offered.password) == (
        "agent",
        "陈晓",
        accounts.PASSWORD,
    )
