"""By route, the addresses that name something of the far community, and what a route reads before
it asks for the object."""

from __future__ import annotations

import datetime as dt

from complaints.api.actions import WIRING
from console import acts as console_acts
from portal.acts import BY_VERB
from tests.complaints.pictures import jpeg

STEPS_OF_AN_ACTION = ("complete", "verify", "return", "hand_over")
STEPS_OF_A_SUMMARY = ("publish", "take_back")


def addresses(world):
    return {
        **_of_the_ticket(world),
        **_of_its_group(world),
        **_of_what_is_beside_it(world),
        **_of_calls_and_accounts(world),
        **_of_suppliers(world),
        **_of_endpoints(world),
        **_of_privacy(world),
        **_of_quality(world),
        **_of_settings(world),
        **_of_the_portal(world),
    }


def _named(prefix, names, *arguments):
    """The same addresses of several routes."""
    return {f"{prefix}{name}": list(arguments) for name in names}


def _of_the_ticket(world):
    ticket = world.ticket.public_id
    api = (
        "", "-timeline", "-holders", "-dry-run", "-callbacks", "-links", "-repeats", "-group",
        "-public-summary", "-ip-notice",
    )  # fmt: skip
    return {
        **_named("ticket", api, (ticket,)),
        **_named("console:", ("ticket", "history", "reveal", "summary"), (ticket,)),
        "ticket-action": [(ticket, verb) for verb in WIRING],
        "ticket-link": [(ticket, world.link.pk)],
        "console:act": [(ticket, verb) for verb in console_acts.ACTS],
        "console:unlink": [(ticket, world.link.pk)],
        "console:recorded": [(world.ticket.reference,)],
    }


def _of_its_group(world):
    building, category = world.building.pk, world.ticket.category
    return {
        **_named("group-matter", ("", "-merge"), (building, category.code)),
        **_named("console:group", ("", "_merge"), (building, category.pk)),
    }


def _of_what_is_beside_it(world):
    actions = [(world.action.public_id, step) for step in STEPS_OF_AN_ACTION]
    summaries = [(world.summary.public_id, step) for step in STEPS_OF_A_SUMMARY]
    return {
        "draft-photos": [(world.draft.public_id,)],
        "photo": [(world.photo,)],
        "corrective-action-step": actions,
        "console:corrective_step": actions,
        "environment-summary-step": summaries,
        "console:summary_decide": summaries,
    }


def _of_calls_and_accounts(world):
    call, account = world.call.public_id, world.account
    return {
        **_named("console:call", ("", "_person", "_draft", "_take_up", "_put_away"), (call,)),
        "call-put-away": [(call,)],
        "console:account": [(account.pk,)],
        "console:account_contacts": [(account.pk, verb) for verb in ("find", "add", "remove")],
        "key-account-contacts": [(account.code,)],
        "key-account-changes": [(account.code,)],
    }


def _of_suppliers(world):
    code, number = world.contract.supplier.code, world.contract.number
    return {
        **_named("supplier", ("", "-contracts", "-contacts", "-grades"), (code,)),
        "supplier-measures": [(number,)],
        "supplier-measure-done": [(number, world.follow_up.pk)],
        "supplier-grade-decide": [(code, world.change.pk)],
        "console:supplier": [(code,)],
        "console:supplier_step": [(code, step) for step in ("contract", "contact", "grade")],
        "console:supplier_decide": [(code, world.change.pk)],
        "console:supplier_reveal": [(code, world.contact.pk)],
        "console:supplier_contract": [(number,)],
        "console:supplier_tickets": [(number, "complaints")],
        "console:supplier_follow_up_done": [(number, world.follow_up.pk)],
    }


def _of_endpoints(world):
    endpoint, robot = world.endpoint.public_id, world.robot.public_id
    common = ("", "-stop", "-start", "-replay", "-try", "-resend")
    return {
        **_named("webhook", (*common, "-rotate"), (endpoint,)),
        **_named("robot", common, (robot,)),
        "console:endpoint": [(endpoint,)],
        "console:endpoint_act": [
            (endpoint, verb) for verb in ("rotate", "stop", "start", "replay")
        ],
    }


def _of_privacy(world):
    request = world.request.public_id
    console = (
        "request", "code", "verify", "plan", "approve", "refuse", "certificate",
        "certificate_json",
    )  # fmt: skip
    return {
        **_named("privacy-request", ("", "-code", "-verify"), (request,)),
        **_named("console:privacy_", console, (request,)),
        "console:privacy_mention": [(request, world.mention.pk)],
    }


def _of_quality(world):
    case = world.case.public_id
    return {
        **_named("quality-", ("scores", "absence"), (case,)),
        **_named("console:", ("inspect", "absent"), (case,)),
    }


def _of_settings(world):
    community = world.company.far_community.code
    return {
        **_named("calendar-unit", ("", "-preview"), (community,)),
        "console:settings_override": [(community,)],
    }


def _of_the_portal(world):
    ticket = world.ticket.public_id
    request = ("status", "certificate", "code", "verify", "withdraw")
    return {
        **_named("portal:", ("ticket", "sent"), (ticket,)),
        **_named("portal:request_", request, (world.request.public_id,)),
        "portal:ticket_act": [(ticket, verb) for verb in BY_VERB],
        "portal:photo": [(world.photo,)],
    }


def bodies(world):
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
