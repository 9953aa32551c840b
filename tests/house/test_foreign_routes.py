"""No route shows or changes what belongs to another community, whoever asks and however they ask:
staff who hold every role in theirs, a resident, and a key of an outside system with every scope."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from complaints.api.actions import WIRING
from console import acts as console_acts
from core.clock import database_now
from organisation.services import machine_keys
from portal import door
from portal.acts import BY_VERB
from residents.services import devices
from tests.complaints.pictures import jpeg
from tests.factories import make_machine_key, make_person
from tests.house import far_world
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


def addresses(world):
    """By route, the addresses that name something of the far community."""
    ticket, code = world.ticket.public_id, world.contract.supplier.code
    number = world.contract.number
    request = world.request.public_id
    return {
        **{f"ticket{name}": [(ticket,)] for name in (
            "", "-timeline", "-holders", "-dry-run", "-callbacks", "-links", "-repeats", "-group",
            "-public-summary", "-ip-notice",
        )},
        **{name: [(world.building.pk, world.ticket.category.code)] for name in (
            "group-matter", "group-matter-merge",
        )},
        "environment-summary-step": [
            (world.summary.public_id, step) for step in ("publish", "take_back")
        ],
        "quality-scores": [(world.case.public_id,)],
        "quality-absence": [(world.case.public_id,)],
        "ticket-action": [(ticket, verb) for verb in WIRING],
        "ticket-link": [(ticket, world.link.pk)],
        "corrective-action-step": [
            (world.action.public_id, step) for step in ("complete", "verify", "return")
        ],
        "draft-photos": [(world.draft.public_id,)],
        "photo": [(world.photo,)],
        "supplier": [(code,)],
        "supplier-contracts": [(code,)],
        "supplier-contacts": [(code,)],
        "supplier-measures": [(number,)],
        "supplier-measure-done": [(number, world.follow_up.pk)],
        "supplier-grades": [(code,)],
        "supplier-grade-decide": [(code, world.change.pk)],
        **{f"webhook{name}": [(world.endpoint.public_id,)] for name in (
            "", "-rotate", "-stop", "-start", "-replay", "-try", "-resend",
        )},
        **{f"robot{name}": [(world.robot.public_id,)] for name in (
            "", "-stop", "-start", "-replay", "-try", "-resend",
        )},
        "privacy-request": [(request,)],
        "privacy-request-code": [(request,)],
        "privacy-request-verify": [(request,)],
        **{f"console:{name}": [(ticket,)] for name in ("ticket", "history", "reveal", "summary")},
        "console:act": [(ticket, verb) for verb in console_acts.ACTS],
        "console:unlink": [(ticket, world.link.pk)],
        **{f"console:{name}": [(world.call.public_id,)] for name in (
            "call", "call_person", "call_draft", "call_put_away",
        )},
        "console:recorded": [(world.ticket.reference,)],
        "console:account": [(world.account.pk,)],
        "console:account_contacts": [
            (world.account.pk, verb) for verb in ("find", "add", "remove")
        ],
        "call-put-away": [(world.call.public_id,)],
        "key-account-contacts": [(world.account.code,)],
        "key-account-changes": [(world.account.code,)],
        **{f"console:{name}": [(world.building.pk, world.ticket.category_id)] for name in (
            "group", "group_merge",
        )},
        "console:corrective_step": [
            (world.action.public_id, step) for step in ("complete", "verify", "return")
        ],
        **{f"console:privacy_{name}": [(request,)] for name in (
            "request", "code", "verify", "plan", "approve", "refuse", "certificate",
            "certificate_json",
        )},
        "console:privacy_mention": [(request, world.mention.pk)],
        "console:inspect": [(world.case.public_id,)],
        "console:absent": [(world.case.public_id,)],
        "calendar-unit": [(world.company.far_community.code,)],
        "calendar-unit-preview": [(world.company.far_community.code,)],
        "console:settings_override": [(world.company.far_community.code,)],
        "console:summary_decide": [
            (world.summary.public_id, verb) for verb in ("publish", "take_back")
        ],
        "console:supplier": [(code,)],
        "console:supplier_step": [(code, step) for step in ("contract", "contact", "grade")],
        "console:supplier_decide": [(code, world.change.pk)],
        "console:supplier_reveal": [(code, world.contact.pk)],
        "console:supplier_contract": [(number,)],
        "console:supplier_tickets": [(number, "complaints")],
        "console:supplier_follow_up_done": [(number, world.follow_up.pk)],
        "console:endpoint": [(world.endpoint.public_id,)],
        "console:endpoint_act": [
            (world.endpoint.public_id, verb) for verb in ("rotate", "stop", "start", "replay")
        ],
        "portal:ticket": [(ticket,)],
        "portal:sent": [(ticket,)],
        "portal:ticket_act": [(ticket, verb) for verb in BY_VERB],
        "portal:photo": [(world.photo,)],
        **{f"portal:request_{name}": [(request,)] for name in (
            "status", "certificate", "code", "verify", "withdraw",
        )},
    }  # fmt: skip


def bodies(world):
    """What a route reads before it asks for the object."""
    day = world.at.date()
    return {
        "ticket-callbacks": {"result": "satisfied"},
        "ticket-links": {"relation": "relates_to", "other": world.ticket.reference},
        "draft-photos": {"photo": jpeg()},
        "supplier-contracts": {
            "number": "HT-9", "unit": world.company.community.code,
            "from_on": day.isoformat(), "until_on": (day + dt.timedelta(days=9)).isoformat(),
        },
        "supplier-contacts": {"name": "赵明", "phone": "13912340000"},
        "supplier-measures": {
            "measure": "约谈", "owner": world.company.manager.pk, "due_on": day.isoformat(),
        },
        "supplier-grades": {"grade": "unqualified", "reason": "complaints"},
        "supplier-grade-decide": {"decision": "approved"},
        "quality-scores": {"answers": {"made_up": "yes"}},
        "quality-absence": {"reason": "not_reached"},
        "robot-replay": {"since": (world.at - dt.timedelta(days=1)).isoformat()},
        "webhook-replay": {"since": (world.at - dt.timedelta(days=1)).isoformat()},
        "console:endpoint_act": {"since": f"{day}T00:00"},
        "privacy-request-verify": {"id": str(world.request.public_id), "code": "123456"},
    }  # fmt: skip


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
