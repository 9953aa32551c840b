"""Routing rules in their order, and the dry run: what would become of a ticket, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.models import RoutingRule, Ticket
from complaints.services import catalogue, dry_run, policy_versions, routing, rules
from complaints.services.dry_run import DryRun
from complaints.services.routing import Facts
from console import places
from console import settings_words as words
from console.door import StaffRequest, staff_page
from console.forms.settings_routing import DescribedForm, DryRunForm, RuleForm
from console.frame import VIEW
from console.units import Units
from console.words import category_name
from core import reference
from core.actors import Actor
from core.clock import database_now
from core.errors import DeskError, InvalidInput, StaleVersion
from core.pages import refusals
from organisation import access

MANAGE: Final = "organisation.manage"
ASSIGN: Final = "tickets.assign"
FIELDS: Final[dict[str, Promise]] = {
    "kind": gettext_lazy("类型"),
    "category": gettext_lazy("类别"),
    "severity": gettext_lazy("级别"),
    "channel": gettext_lazy("渠道"),
    "tier": gettext_lazy("大客户等级"),
    "unit": gettext_lazy("小区"),
}


@staff_page(MANAGE)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    found, policies = rules.in_order(), _policies()
    context = {
        "rules": [
            {
                "rule": rule,
                "conditions": conditions_of(rule),
                "policy": policies.get(rule.policy_code, rule.policy_code),
            }
            for rule in found
        ],
        "tag": rules.tag(found),
        "catches": any(routing.catches_all(rule) for rule in found),
    }
    return render(request, "console/settings/routing.html", context)


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, number: int = 0) -> HttpResponse:
    """A new rule where no number is given."""
    rule = get_object_or_404(RoutingRule, pk=number) if number else RoutingRule()
    form = RuleForm(request.POST or None, instance=rule, units=Units(request.actor, MANAGE))
    status = 200
    if request.method == "POST":
        status = refusals.INVALID
        if form.is_valid():
            try:
                rules.save(form.instance, **_by(request))
            except (InvalidInput, rules.NothingWouldCatch) as error:
                refusals.show(form, error)
            except StaleVersion as error:
                refusals.show(form, error)
                status = refusals.status_of(error)
            else:
                return redirect("console:settings_routing")
    context = {
        "form": form,
        "rule": rule,
        "tag": refusals.seen(request, rules.tag(rules.in_order()), status),
    }
    return render(request, "console/settings/routing_edit.html", context, status=status)


@staff_page(MANAGE)
@require_POST
def step(request: StaffRequest, number: int, name: str) -> HttpResponse:
    """Up, down, or away."""
    rule = get_object_or_404(RoutingRule, pk=number)
    try:
        if name == "remove":
            rules.remove(rule, **_by(request))
        elif name in ("up", "down"):
            place = [each.pk for each in rules.in_order()].index(rule.pk) + 1
            rules.move(rule, place + (-1 if name == "up" else 1), **_by(request))
    except (StaleVersion, rules.NothingWouldCatch) as error:
        messages.error(request, str(error))
    return redirect("console:settings_routing")


def _by(request: StaffRequest) -> dict[str, Any]:
    """Who changes it, when, and having read which table."""
    return {"actor": request.actor, "at": database_now(), "seen": request.POST.get("seen")}


@staff_page(MANAGE, ASSIGN)
@require_GET
def try_out(request: StaffRequest) -> HttpResponse:
    """By GET: it changes nothing, and its address can be shared."""
    at = database_now()
    # whoever only manages the rules sees no ticket that could be named
    sees_tickets = any(access.has(request.actor, each) for each in VIEW)
    form = (DryRunForm if sees_tickets else DescribedForm)(request.GET or None)
    found: DryRun | None = None
    if request.GET and form.is_valid():
        try:
            found = _run(form.cleaned_data, request.actor, at)
        except DeskError as error:
            refusals.show(form, error)
    context = {"form": form, **(_shown(found) if found else {})}
    status = refusals.INVALID if form.errors else 200
    return render(request, "console/settings/dry_run.html", context, status=status)


@staff_page(MANAGE)
@require_GET
def find_units(request: StaffRequest) -> HttpResponse:
    """Options of a field for a unit, by what is typed in it."""
    offered = Units(request.actor, MANAGE).offered(request.GET.get("unit", ""))
    return render(request, "console/_options.html", {"options": offered})


@staff_page(MANAGE, ASSIGN)
@require_GET
def find_communities(request: StaffRequest) -> HttpResponse:
    """Options of the dry run's field for a community, by what is typed in it."""
    fitting = places.communities(
        request.GET.get("community", ""),
        actor=request.actor,
        permission=_permission(request.actor),
    )
    offered = [places.said(unit) for unit in fitting[: places.OFFERED]]
    return render(request, "console/_options.html", {"options": offered})


def _run(values: dict[str, Any], actor: Actor, at: datetime) -> DryRun:
    if values.get("reference"):
        return dry_run.of_ticket(_ticket(values["reference"], actor), at=at)
    unit = places.community(values["community"], actor=actor, permission=_permission(actor))
    if unit is None:
        raise InvalidInput(fields={"community": [_("请填写小区。")]})
    category = values["category"]
    facts = Facts(
        kind=values["kind"],
        category=category,
        severity=values["severity"] or category.severity,
        channel=values["channel"],
        tier=values["tier"],
        unit=unit,
    )
    return dry_run.run(facts, at=at)


def _permission(actor: Actor) -> str:
    return MANAGE if access.has(actor, MANAGE) else ASSIGN


def _ticket(typed: str, actor: Actor) -> Ticket:
    rows = Ticket.objects.visible_to(actor).for_acting().select_related("account")
    found = rows.filter(reference=reference.normalise(typed)).first()
    if found is None:
        raise InvalidInput(fields={"reference": [_("没有这个工单，或不在您的范围内。")]})
    return found


def _shown(found: DryRun) -> dict[str, Any]:
    return {
        "found": found,
        "misses": [
            {
                "rule": miss.rule,
                "conditions": conditions_of(miss.rule),
                "why": [FIELDS[name] for name in miss.fields],
            }
            for miss in found.misses
        ],
        "conditions": conditions_of(found.route.rule),
        "promises": [
            {
                "promise": each,
                "label": words.clock_label(each.kind),
                "duration": words.duration_said(each.duration.minutes, each.duration.basis),
            }
            for each in found.promises
        ],
    }


def conditions_of(rule: RoutingRule) -> list[dict[str, Any]]:
    """What a rule asks for; nothing for one that catches everything."""
    asked = {
        "kind": rule.get_kind_display() if rule.kind else "",
        "category": _category(rule.category_code),
        "severity": rule.get_severity_display() if rule.severity else "",
        "channel": rule.get_channel_display() if rule.channel else "",
        "tier": rule.get_tier_display() if rule.tier else "",
        "unit": rule.unit.name if rule.unit else "",
    }
    return [{"label": FIELDS[name], "value": value} for name, value in asked.items() if value]


def _category(code: str) -> str:
    """From the catalogue that the process keeps; a code that is no category any more as it is."""
    known = catalogue.current().categories.get(code) if code else None
    return category_name(known) if known is not None else code


def _policies() -> dict[str, str]:
    """Names by code."""
    return {policy.code: policy.name for policy in policy_versions.newest()}
