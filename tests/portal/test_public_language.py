"""The pages for anybody are read in the language somebody chooses, without a cookie."""

import re
import uuid

import pytest
from django.test import Client

from tests.factories import make_post

pytestmark = pytest.mark.django_db

PAGES = ["/integrity/", "/follow/", "/intellectual-property/", "/community/X1/environment/"]
CODE = r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}"


def language_of(page):
    return re.search(r'<html[^>]* lang="([^"]+)"', page.content.decode()).group(1).lower()


@pytest.mark.parametrize("address", PAGES)
def test_it_stands_in_the_address_and_nowhere_else(company, address):
    client = Client(headers={"accept-language": "zh-CN"})
    page = client.get(address)
    assert language_of(page) == "zh-hans"
    assert 'href="?language=en"' in page.content.decode()
    page = client.get(f"{address}?language=en")
    assert language_of(page) == "en"
    assert 'href="?language=zh-hans"' in page.content.decode()
    assert not page.cookies
    assert language_of(client.get(address)) == "zh-hans"


def test_one_that_nobody_knows_changes_nothing(company):
    assert language_of(Client().get("/integrity/?language=xx'")) == language_of(
        Client().get("/integrity/")
    )


def test_it_goes_along_from_the_report_to_its_code_and_its_page(company):
    make_post("discipline_inspector", company.group)
    told = {"unit": company.region.pk, "body": "收受回扣", "idempotency_key": str(uuid.uuid4())}
    sent = Client().post("/integrity/?language=en", told)
    assert language_of(sent) == "en"
    words = sent.content.decode()
    assert 'href="/follow/?language=en"' in words
    # leaving the page that shows the code would lose it
    assert 'href="?language=' not in words
    code = re.search(CODE, words).group()
    assert language_of(Client().post("/follow/?language=en", {"code": code})) == "en"


def way_back(address):
    page = Client().get(address).content.decode()
    return re.search(r'porch__back" href="([^"]+)"', page).group(1)


def test_it_goes_along_on_the_way_back(company):
    channel = "/community/X1/environment/"
    assert way_back(f"{channel}report/") == channel
    assert way_back(f"{channel}report/?language=en") == f"{channel}?language=en"


def test_but_not_to_the_pages_that_keep_it_themselves(company):
    assert way_back("/integrity/?language=en") == "/"
