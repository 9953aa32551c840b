"""Whatever a page can change, the API can change too, unless `docs/doors.md` says why not.

A page's route that takes a POST is named here with the routes of the API that do the same. A new
one that is not named fails, and one that is a page's alone must stand there with its reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import get_resolver

from console.views import supplier
from tests.house.test_routes import _routes

DOORS = Path(__file__).parents[2] / "docs" / "doors.md"
WRITING = ("post", "put", "patch", "delete")
#: pages that take every method: they ask for themselves
UNNAMED = {"console:home", "console:sign_in", "console:sign_out"}

#: what a form asks on its way, and what changes nothing
QUESTIONS = {
    "console:find": "tickets",
    "console:caller": "callers-lookup",
    "console:needs": "categories",
    "portal:report_danger": None,
    "public:danger": None,
    "console:round_sizes": None,
}

BY_API = {
    "console:new": ("tickets",),
    "console:act": ("ticket-action",),
    "console:unlink": ("ticket-link",),
    "console:group_merge": ("group-matter-merge",),
    "console:corrective_step": ("corrective-action-step",),
    "console:account_contacts": ("key-account-contacts",),
    "console:call_put_away": ("call-put-away",),
    "console:call_take_up": ("tickets",),
    "console:calls_wanted": ("me", "resident-calls"),
    "console:register": ("residents",),
    "console:moved_out": ("resident-move-out",),
    "console:round_plan": ("quality-rounds",),
    "console:round_step": ("quality-round-step",),
    "console:inspect": ("quality-scores",),
    "console:absent": ("quality-absence",),
    "console:settings_policy_edit": ("policy-preview",),
    "console:settings_policy_preview": ("policy-apply",),
    "console:settings_policy_discard": ("policy-preview",),
    "console:settings_rule_new": ("routing-rules",),
    "console:settings_rule": ("routing-rule",),
    "console:settings_rule_step": ("routing-rule-move", "routing-rule"),
    "console:settings_announce": ("calendar-preview", "calendar-announce"),
    "console:settings_override": ("calendar-unit-preview", "calendar-unit"),
    "console:summary": ("ticket-public-summary",),
    "console:summary_decide": ("environment-summary-step",),
    "console:supplier_new": ("suppliers",),
    "console:supplier_step": ("supplier-contracts", "supplier-contacts", "supplier-grades"),
    "console:supplier_decide": ("supplier-grade-decide",),
    "console:supplier_contract": ("supplier-measures",),
    "console:supplier_follow_up_done": ("supplier-measure-done",),
    "console:endpoint_new": ("webhooks", "robots"),
    "console:endpoint": ("webhook", "robot"),
    "console:endpoint_act": (
        "webhook-rotate", "webhook-stop", "webhook-start", "webhook-replay", "webhook-try",
        "webhook-resend", "robot-stop", "robot-start", "robot-replay", "robot-try", "robot-resend",
    ),
    "console:wording": ("message-text-preview", "message-text"),
    "console:wording_revert": ("message-text-revert",),
    "public:integrity": ("integrity-reports",),
    "public:follow": (
        "integrity-reports-follow",
        "integrity-reports-add",
        "integrity-reports-reopen",
    ),
    "public:open_report": ("environment-reports",),
    "portal:sign_in": ("auth-otp",),
    "portal:code": ("auth-token",),
    "portal:sign_out": ("auth-token",),
    "portal:report": ("tickets",),
    "portal:ticket_act": ("ticket-action",),
    "portal:consent": ("privacy-consents",),
    "portal:new_number": ("me-number-code",),
    "portal:new_number_code": ("me-number",),
    "portal:correct": ("privacy-requests",),
    "portal:delete": ("privacy-requests",),
    "portal:request_code": ("privacy-request-code",),
    "portal:request_verify": ("privacy-request-verify",),
}  # fmt: skip

#: by route, the words of `docs/doors.md` that say why it is a page's alone
PAGE_ALONE = {
    "public:ip_notice": "giving a notice about rights",
    "console:reveal": "a reporter's number in clear",
    "console:supplier_reveal": "a supplier contact's number in clear",
    **dict.fromkeys(
        ("console:call_person", "console:call_draft"),
        "an agent's screen while the telephone rings",
    ),
    **dict.fromkeys(
        (
            "console:privacy_new", "console:privacy_register", "console:privacy_code",
            "console:privacy_verify", "console:privacy_plan", "console:privacy_approve",
            "console:privacy_refuse", "console:privacy_mention",
        ),
        "a privacy request at the counter",
    ),
    **dict.fromkeys(
        ("console:notices", "console:preferences"), "one's own bell, and how one is told"
    ),
    "console:outbox": "what could not be delivered, one by one",
    **dict.fromkeys(
        ("portal:choose_language", "portal:choose_channels", "portal:sign_out_others"),
        "a resident's own choices",
    ),
    "portal:request_withdraw": "taking back a privacy request",
}  # fmt: skip


def _methods(view):
    """Those that a page takes; None where it does not say."""
    while view is not None:
        free = view.__code__.co_freevars
        if "request_method_list" in free:
            return view.__closure__[free.index("request_method_list")].cell_contents
        view = getattr(view, "__wrapped__", None)
    return None


EVERY = list(_routes(get_resolver().url_patterns))
PAGES = {
    name: _methods(pattern.callback)
    for name, pattern, _route in EVERY
    if name.startswith(("console:", "portal:", "public:"))
}
TAKING = sorted(name for name, methods in PAGES.items() if methods and "POST" in methods)
API = {
    name: pattern.callback.cls
    for name, pattern, route in EVERY
    if route.startswith("api/") and hasattr(pattern.callback, "cls")
}


def test_every_page_says_which_methods_it_takes():
    unnamed = {name for name, methods in PAGES.items() if methods is None}
    assert {name for name in unnamed if name.startswith("console:")} == UNNAMED


@pytest.mark.parametrize("name", TAKING)
def test_what_a_page_changes_the_api_changes_or_it_is_said_why_not(name):
    said = [known for known in (QUESTIONS, BY_API, PAGE_ALONE) if name in known]
    assert len(said) == 1, f"{name}: give it a door in the API, or a reason in docs/doors.md"


@pytest.mark.parametrize("name", sorted(BY_API))
def test_the_door_in_the_api_is_there_and_writes(name):
    assert name in TAKING
    for route in BY_API[name]:
        assert any(hasattr(API[route], method) for method in WRITING), route


def test_each_form_of_a_supplier_has_its_door():
    assert len(supplier.STEPS) == len(BY_API["console:supplier_step"])


def test_a_reason_stands_in_the_table():
    text = DOORS.read_text("utf-8")
    lines = [line for line in text.splitlines() if "page alone" in line]
    missing = [words for words in PAGE_ALONE.values() if not any(words in line for line in lines)]
    assert missing == []
    assert set(PAGE_ALONE) <= set(TAKING)
