"""No route shows or changes what belongs to another community, whoever asks and however they ask:
staff who hold every role in theirs, a resident, and a key of an outside system with every scope."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from core.clock import database_now
from organisation.services import machine_keys
from portal import door
from residents.services import devices
from tests.factories import make_machine_key, make_person
from tests.house import far_world
from tests.house.far_addresses import addresses, bodies
from tests.house.test_routes import _routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: what a route of the whole company is about, or one that names nothing that belongs to a place
OF_EVERYBODY = {
    "policy", "policy-preview", "policy-apply", "routing-rule", "routing-rule-move",
    "message-text", "message-text-preview", "message-text-revert", "key-account-quarter",
    "console:account_quarter",
    "console:settings_policy", "console:settings_policy_edit", "console:settings_policy_preview",
    "console:settings_policy_discard", "console:settings_rule", "console:settings_rule_step",
    "console:wording", "console:wording_revert",
    # a round and its figures are the whole company's (quality.querysets)
    "console:round", "console:cases", "console:next_case", "console:round_report",
    "console:round_workbook", "console:round_step",
    "quality-round", "quality-round-step", "quality-report", "quality-cases",
    "portal:report_about", "portal:report_danger", "portal:report", "portal:policy",
    "portal:consent",
    # a list's name; what a community says to everybody, and hears from anybody
    "queue", "environment", "environment-reports",
}  # fmt: skip
NOT_THERE = (403, 404, 405)
#: what is answered to a form that is not asked about the object first
HEADERS = {"Idempotency-Key": "k", "If-Match": '"1"'}


@pytest.fixture
def world(company):
    return far_world.build(company)


def callers(company):
    staff = Client()
    staff.force_login(far_world.local_staff(company))
    person = make_person("周敏", "13812345678", company.dwelling)
    token = devices.issue(person.subject_id, at=database_now()).token
    resident = Client(headers={"Authorization": f"Bearer {token}"})
    resident.cookies[door.COOKIE] = token
    scopes = [one.value for one in machine_keys.FOR_MACHINES]
    key = make_machine_key(*scopes, unit_codes=[company.community.code])
    return {
        "staff": staff,
        "resident": resident,
        "machine": Client(headers={"Authorization": f"Bearer {key.text}"}),
    }


def test_every_route_that_names_something_is_walked(world):
    named = {
        name
        for name, _pattern, route in _routes(get_resolver().url_patterns)
        if "<" in route and not name.startswith(("demo:", "public:"))
    }
    assert named - OF_EVERYBODY == set(addresses(world))


def test_nothing_of_another_community_is_shown_or_changed(world):
    wrong = []
    for who, caller in callers(world.company).items():
        before, said = _everything(), bodies(world)
        for name, every in addresses(world).items():
            for arguments in every:
                address = reverse(name, args=arguments)
                for method in ("get", "post", "delete"):
                    answer = _send(caller, method, address, said.get(name, {}))
                    if not _refused(answer, name):
                        wrong.append((who, method, name, arguments[1:], answer.status_code))
        after = _everything()
        wrong += [(who, table) for table in before if before[table] != after[table]]
    assert "\n".join(map(str, wrong)) == ""


def test_no_list_names_anything_of_another_community(world):
    marks = [*far_world.MARKS, world.ticket.reference, str(world.ticket.public_id)]
    wrong = []
    for who, caller in callers(world.company).items():
        for name, _pattern, route in _routes(get_resolver().url_patterns):
            if "<" in route or name.startswith("demo:"):
                continue
            answer = caller.get("/" + route)
            said = b"".join(answer) if answer.streaming else answer.content
            found = [mark for mark in marks if mark in said.decode("utf-8", "replace")]
            if found:
                wrong.append((who, name, found))
    assert wrong == []


def _send(caller, method, address, body):
    if method != "post":
        return getattr(caller, method)(address, headers=HEADERS)
    if address.startswith("/api/") and "photo" not in body:
        return caller.post(address, body, content_type="application/json", headers=HEADERS)
    return caller.post(address, body, headers=HEADERS)


def _refused(answer, name):
    if answer.status_code == 302:
        return "sign-in" in answer["Location"]
    return answer.status_code in (*NOT_THERE, 401)


def _everything():
    """A digest of each table, but for those that every sign-in and every limit writes."""
    own = {"limitwindow", "session", "devicetoken", "machinekey", "staff"}
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.model_name not in own and model._meta.app_label != "axes"
    }
    return {table: _digest(table) for table in tables & set(connection.introspection.table_names())}


def _digest(table):
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
        )
        return cursor.fetchone()[0]
