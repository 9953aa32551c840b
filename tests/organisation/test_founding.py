"""A desk begins with a group, and somebody who may enter the rest."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.clock import database_now
from organisation.models import Staff, Unit
from organisation.services import posts

pytestmark = pytest.mark.django_db

GIVEN = {
    "code": "JK",
    "name": "金科服务",
    "legal_name": "金科物业服务集团有限公司",
    "credit_code": "91500112000000001X",
    "administrator": ["zhang", "张三"],
}


def create(**changes):
    call_command("create_company", **{**GIVEN, **changes})


def test_the_administrator_signs_in_with_what_was_printed_and_enters_the_rest(capsys):
    create(duty_officer=["li", "李四"])
    printed = capsys.readouterr().out
    password = re.search(r"^zhang: (\S+)$", printed, re.MULTILINE)[1]
    client = Client()
    answer = client.post("/console/sign-in/", {"username": "zhang", "password": password})
    assert answer.status_code == 302
    values = {"name": "重庆公司", "credit_code": "91500112000000002X"}
    assert client.post("/admin/organisation/legalentity/add/", values).status_code == 302
    group = Unit.objects.get()
    values = {"parent": group.pk, "code": "CQ", "name": "重庆区域", "level": "region"}
    assert client.post("/admin/organisation/unit/add/", values).status_code == 302
    assert Unit.objects.get(code="CQ").path.startswith(group.path)


def test_the_last_resort_of_every_ladder_is_filled(capsys):
    create(duty_officer=["li", "李四"])
    at = database_now()
    assert posts.duty_queue(at=at).holder.name == "李四"


def test_there_is_one_company(capsys):
    create()
    with pytest.raises(CommandError, match="已有集团"):
        create(code="JK2", administrator=["wang", "王五"])
    assert Unit.objects.count() == 1
    assert not Staff.objects.filter(username="wang").exists()


def test_a_wrong_credit_code_is_said(capsys):
    with pytest.raises(CommandError, match="18 characters"):
        create(credit_code="123")
    assert not Unit.objects.exists()
