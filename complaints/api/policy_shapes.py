"""Policies, their preview, the dry run and calendars in the words of the API."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from complaints.enums import Basis, Channel, ClockKind, Kind, Severity, StepEffect
from complaints.models import LadderStep, Policy, PolicyDuration
from complaints.policy_rules import LONGEST
from complaints.services.dry_run import DryRun
from complaints.services.holders import Holder
from complaints.services.policy_preview import Preview
from core.api.serializers import StrictSerializer
from core.errors import InvalidInput
from core.models import Job
from core.models.job import JobState
from organisation.models import Role
from residents.enums import AccountTier

HIGHEST: Final = 20
#: how the body names what `policy_rules` names by clock and level
NAMES: Final = {kind.value: f"durations.{kind.value}" for kind in ClockKind} | {
    f"{kind.value}.{level}": f"ladder.{kind.value}.{level}"
    for kind in ClockKind
    for level in range(HIGHEST + 1)
}


class DurationSerializer(StrictSerializer):
    clock = serializers.ChoiceField(choices=ClockKind.choices)
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST)
    basis = serializers.ChoiceField(choices=Basis.choices)


class LadderStepSerializer(StrictSerializer):
    clock = serializers.ChoiceField(choices=ClockKind.choices)
    level = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    percent = serializers.IntegerField(
        min_value=1, max_value=99, allow_null=True, default=None,
        help_text="Before due: when this share of the duration has passed.",
    )  # fmt: skip
    after_minutes = serializers.IntegerField(
        min_value=0, max_value=LONGEST, allow_null=True, default=None,
        help_text="From due on, in wall minutes.",
    )  # fmt: skip
    role = serializers.CharField(
        max_length=40, allow_blank=True, default="",
        help_text="Code of a role; empty is the post that handles the ticket.",
    )  # fmt: skip
    effect = serializers.ChoiceField(choices=StepEffect.choices, default=StepEffect.INFORM)


class PromisesSerializer(StrictSerializer):
    durations = DurationSerializer(many=True)
    ladder = LadderStepSerializer(many=True)


class ServicePolicySerializer(PromisesSerializer):
    code = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    calendar = serializers.CharField()
    effective_from = serializers.DateTimeField(
        allow_null=True, help_text="Null while it is prepared and binds nobody."
    )


class CalledPostSerializer(StrictSerializer):
    post = serializers.CharField()
    notices = serializers.IntegerField()


class LevelCountSerializer(StrictSerializer):
    level = serializers.IntegerField()
    clocks = serializers.IntegerField()


class ShiftSerializer(StrictSerializer):
    group = serializers.IntegerField(
        min_value=-4, max_value=4,
        help_text="0 unmoved; 1 up to an hour, 2 up to 4 hours, 3 up to a day, 4 more;"
        " negative is earlier.",
    )  # fmt: skip
    clocks = serializers.IntegerField()


class TaggedSerializer(StrictSerializer):
    tag = serializers.CharField(help_text="For `If-Match` of the next change.")


class PolicyVersionSerializer(StrictSerializer):
    version = serializers.IntegerField()
    effective_from = serializers.DateTimeField(allow_null=True)
    open_tickets = serializers.BooleanField(help_text="Whether clocks that ran followed it.")


class PolicyWithVersionsSerializer(TaggedSerializer):
    in_force = ServicePolicySerializer()
    prepared = ServicePolicySerializer(allow_null=True)
    versions = PolicyVersionSerializer(many=True, help_text="The newest first.")


class RecomputationSerializer(StrictSerializer):
    id = serializers.IntegerField()
    cause = serializers.CharField(help_text="policy or calendar, its code and version.")
    state = serializers.ChoiceField(choices=JobState.choices)
    tickets = serializers.IntegerField(help_text="How many were to move when it was ordered.")
    done = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RecomputationPageSerializer(StrictSerializer):
    results = RecomputationSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PolicyPreviewSerializer(TaggedSerializer):
    policy = ServicePolicySerializer()
    open_tickets = serializers.IntegerField()
    moving_tickets = serializers.IntegerField()
    void_clocks = serializers.IntegerField()
    shifts = ShiftSerializer(many=True)
    fires_at_once = LevelCountSerializer(many=True)
    told = CalledPostSerializer(many=True)


class ApplySerializer(StrictSerializer):
    version = serializers.IntegerField(help_text="The version that was previewed.")
    open_tickets = serializers.BooleanField(
        help_text="Whether clocks that run follow it, or new tickets alone."
    )


class DescribedSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=Kind.choices)
    category = serializers.CharField(max_length=60)
    severity = serializers.ChoiceField(choices=Severity.choices, allow_null=True, default=None)
    channel = serializers.ChoiceField(choices=Channel.choices)
    tier = serializers.ChoiceField(choices=AccountTier.choices, allow_blank=True, default="")
    unit = serializers.CharField(max_length=40)


class MissSerializer(StrictSerializer):
    position = serializers.IntegerField()
    differs_in = serializers.ListField(child=serializers.CharField())


class PromiseSerializer(StrictSerializer):
    clock = serializers.CharField()
    due_at = serializers.DateTimeField()
    provisional = serializers.BooleanField()


class DryRunSerializer(StrictSerializer):
    position = serializers.IntegerField(help_text="Of the rule that matches.")
    passed_over = MissSerializer(many=True)
    post = serializers.CharField()
    holder = serializers.CharField(allow_null=True)
    by_stand_in = serializers.BooleanField()
    policy = serializers.CharField()
    policy_version = serializers.IntegerField()
    promises = PromiseSerializer(many=True)


class HolderSerializer(StrictSerializer):
    post = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null while it lasts.")
    worked_minutes = serializers.IntegerField(help_text="Without what was spent waiting.")
    basis = serializers.ChoiceField(choices=Basis.choices)


def policy(row: Policy) -> dict[str, Any]:
    return {
        "code": row.code,
        "version": row.version,
        "name": row.name,
        "calendar": str(row.calendar),
        "effective_from": row.effective_from,
        "durations": [
            {"clock": each.clock_kind, "minutes": each.duration_minutes, "basis": each.basis}
            for each in row.durations.all()
        ],
        "ladder": [
            {
                "clock": step.clock_kind,
                "level": step.level,
                "percent": step.percent,
                "after_minutes": step.after_minutes,
                "role": step.role.code if step.role else "",
                "effect": step.effect,
            }
            for step in sorted(row.ladder.all(), key=lambda step: (step.clock_kind, step.level))
        ],
    }


def promises(body: dict[str, Any]) -> tuple[list[PolicyDuration], list[LadderStep]]:
    """Unsaved rows. Raises InvalidInput for a role that does not exist."""
    roles = {role.code: role for role in Role.objects.all()}
    unknown = {step["role"] for step in body["ladder"]} - {"", *roles}
    if unknown:
        raise InvalidInput(fields={"ladder": [f"role: {', '.join(sorted(unknown))}"]})
    durations = [
        PolicyDuration(
            clock_kind=each["clock"], duration_minutes=each["minutes"], basis=each["basis"]
        )
        for each in body["durations"]
    ]
    ladder = [
        LadderStep(
            clock_kind=step["clock"],
            level=step["level"],
            percent=step["percent"],
            after_minutes=step["after_minutes"],
            role=roles.get(step["role"]),
            effect=step["effect"],
        )
        for step in body["ladder"]
    ]
    return durations, ladder


def version(row: Policy) -> dict[str, Any]:
    return {
        "version": row.version,
        "effective_from": row.effective_from,
        "open_tickets": row.moves_open_clocks,
    }


def recomputation(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "cause": job.fingerprint,
        "state": job.state,
        "tickets": job.total or 0,
        "done": job.done,
        "started_at": job.started_at,
        "updated_at": job.updated_at,
    }


def preview(draft: Policy, found: Preview) -> dict[str, Any]:
    return {"policy": policy(draft), **effect(found)}


def effect(found: Preview) -> dict[str, Any]:
    return {
        "open_tickets": found.tickets,
        "moving_tickets": found.moving,
        "void_clocks": found.void,
        "shifts": [
            {"group": group, "clocks": count} for group, count in sorted(found.shifts.items())
        ],
        "fires_at_once": [
            {"level": level, "clocks": count} for level, count in sorted(found.at_once.items())
        ],
        "told": [{"post": str(post), "notices": count} for post, count in found.posts()],
    }


def holder(each: Holder) -> dict[str, Any]:
    return {
        "post": str(each.post),
        "since": each.since,
        "until": each.until,
        "worked_minutes": each.worked_minutes,
        "basis": each.basis,
    }


def dry_run(found: DryRun) -> dict[str, Any]:
    return {
        "position": found.route.rule.position,
        "passed_over": [
            {"position": miss.rule.position, "differs_in": list(miss.fields)}
            for miss in found.misses
        ],
        "post": str(found.post),
        "holder": found.holder.name if found.holder else None,
        "by_stand_in": found.by_stand_in,
        "policy": found.route.terms.policy.code,
        "policy_version": found.route.terms.policy.version,
        "promises": [
            {"clock": each.kind, "due_at": each.due_at, "provisional": each.provisional}
            for each in found.promises
        ],
    }
