from __future__ import annotations

from typing import Any

from rest_framework import serializers

from complaints.enums import (
    Action,
    CallReason,
    CallResult,
    CallState,
    Channel,
    ClockKind,
    ClockState,
    DangerKind,
    Decision,
    Entry,
    EventKind,
    Kind,
    Measure,
    Protection,
    Relation,
    Remedy,
    Severity,
    State,
    TextRole,
    Tie,
    Visibility,
)
from complaints.reasons import (
    Coordination,
    ExtensionReason,
    IpOutcome,
    RegradeReason,
    RejectReason,
    ReturnReason,
    RootCause,
)
from complaints.services.linking import SAID
from complaints.services.texts import LONGEST
from core.api.serializers import StrictSerializer
from residents.api.serializers import CallerAccountSerializer

MINUTES_HELP = "Minutes left in the clock's own basis; null unless paused."


class NewTicketSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.COMPLAINT)
    category = serializers.CharField(max_length=60, help_text="Code, from GET /categories/.")
    body = serializers.CharField(
        max_length=LONGEST[TextRole.BODY], help_text="What happened, in the own words."
    )
    summary = serializers.CharField(max_length=LONGEST[TextRole.SUMMARY], default="")
    place = serializers.CharField(
        max_length=200, required=False, default="", help_text="Where, when no dwelling says it."
    )
    dwelling = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="From GET /me."
    )
    unit = serializers.CharField(
        max_length=40, required=False, default="", help_text="Code, from GET /communities/."
    )
    severity = serializers.ChoiceField(
        choices=Severity.choices, required=False, allow_null=True, default=None,
        help_text="Staff and machines only; otherwise the category's.",
    )  # fmt: skip
    channel = serializers.ChoiceField(
        choices=Channel.choices, required=False, default=Channel.APP,
        help_text="Residents: app or mini_program; staff and machines: whichever it was.",
    )  # fmt: skip
    reporter = serializers.CharField(
        max_length=200, required=False, default="",
        help_text="Staff only: the handle of a person, from POST /callers/lookup/.",
    )  # fmt: skip
    supplier = serializers.CharField(
        max_length=20, required=False, default="",
        help_text="Staff only: the code of the supplier it is about, which works there or did so "
        "within the last 90 days.",
    )  # fmt: skip
    account = serializers.CharField(
        max_length=40, required=False, default="",
        help_text="Staff only: the code of the key account for which the reporter speaks in this "
        "matter, where they speak for several; otherwise it follows from the place.",
    )  # fmt: skip
    call = serializers.UUIDField(
        required=False, allow_null=True, default=None,
        help_text="Staff only: the call it was told in, from GET /calls/current/. Whose own line "
        "was called, of that key account it is; the call leaves the screen. Name it for each "
        "matter that is told in it.",
    )  # fmt: skip
    named_staff = serializers.CharField(
        max_length=200, default="", help_text="Staff only: full names of whom it is about."
    )
    protection = serializers.ChoiceField(choices=Protection.choices, default=Protection.NONE)
    draft = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Photos, from POST /drafts/."
    )


class DangerSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DangerKind.choices)
    acute = serializers.BooleanField(help_text="Somebody is in danger now, as far as words tell.")


class TicketCreatedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField(help_text="To write down; digits with a check digit.")
    state = serializers.ChoiceField(choices=State.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    safety_suspected = DangerSerializer(
        allow_null=True,
        help_text="Danger to life in what was said. What a resident or a machine reports as acute "
        "begins as `safety`; staff correct it with `raise_severity` or `lower_severity`.",
    )
    received_at = serializers.DateTimeField()


class ClockSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ClockKind.choices)
    state = serializers.ChoiceField(choices=ClockState.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    remaining_minutes = serializers.DecimalField(
        max_digits=12, decimal_places=4, allow_null=True, help_text=MINUTES_HELP
    )
    provisional = serializers.BooleanField(
        help_text="The calendar of that year is not announced yet; the deadline errs to earlier."
    )


class TicketRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    category = serializers.CharField(source="category.code")
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(choices=State.choices)
    summary = serializers.CharField(source="summary_text", allow_null=True)
    unit = serializers.CharField(source="unit.name")
    received_at = serializers.DateTimeField()
    clocks = ClockSerializer(source="live_clocks", many=True)


class TicketPageSerializer(serializers.Serializer[Any]):
    results = TicketRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page.")
    previous = serializers.CharField(allow_null=True)


class PhotoSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    url = serializers.CharField(help_text="Good for ten minutes, for those who may see the entry.")
    thumbnail_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class EntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    by = serializers.CharField(help_text="`reporter`, `system`, `machine`, or who of staff.")
    state = serializers.ChoiceField(choices=[("", ""), *State.choices])
    text = serializers.CharField(allow_blank=True)
    next_step = serializers.CharField(
        allow_blank=True, help_text="What the person can do next, where a matter was not taken up."
    )
    photos = PhotoSerializer(many=True)


class TicketSerializer(TicketRowSerializer):
    version = serializers.IntegerField(help_text="Send it back in `If-Match` with an action.")
    channel = serializers.ChoiceField(choices=Channel.choices)
    handler = serializers.CharField(allow_blank=True, help_text="Role, and for staff the holder.")
    account = CallerAccountSerializer(
        allow_null=True, help_text="Staff only: the key account whose matter it is."
    )
    level = serializers.IntegerField(allow_null=True, help_text="Highest escalation so far.")
    waits_until = serializers.DateTimeField(
        allow_null=True, help_text="While it waits for somebody: when the work goes on by itself."
    )
    resolved_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(
        child=serializers.ChoiceField(
            choices=[
                *Action.choices,
                *Entry.choices,
                *Decision.choices,
                *Measure.choices,
                *Tie.choices,
                *Remedy.choices,
            ]
        )
    )


class CallAttemptSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    result = serializers.ChoiceField(choices=CallResult.choices)
    by = serializers.CharField()


class CallBackSerializer(serializers.Serializer[Any]):
    cycle = serializers.IntegerField()
    state = serializers.ChoiceField(choices=CallState.choices)
    reason = serializers.ChoiceField(choices=CallReason.choices)
    post = serializers.CharField(help_text="Whose task it is.")
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    attempts = CallAttemptSerializer(many=True)


class CallBacksSerializer(serializers.Serializer[Any]):
    results = CallBackSerializer(many=True)


class NewCallSerializer(StrictSerializer):
    result = serializers.ChoiceField(choices=CallResult.choices)
    text = serializers.CharField(
        max_length=2_000, required=False,
        help_text="What was said; required for `not_satisfied`, and then the resident reads it.",
    )  # fmt: skip


class LinkSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    relation = serializers.CharField(
        help_text=f"One of {', '.join(Relation.values)}: how the first ticket stands to the other."
    )
    direction = serializers.ChoiceField(
        choices=["from_here", "to_here"], help_text="Which end of the relation this ticket is."
    )
    ticket = serializers.UUIDField(help_text="The other ticket.")
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()


class LinksSerializer(serializers.Serializer[Any]):
    results = LinkSerializer(many=True)


class NewLinkSerializer(StrictSerializer):
    relation = serializers.ChoiceField(choices=[(r.value, r.label) for r in SAID])
    other = serializers.CharField(max_length=40, help_text="The number of the other ticket.")
    text = serializers.CharField(max_length=5_000, required=False, default="")


class NewsSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=EventKind.choices)
    at = serializers.DateTimeField()


class TimelineSerializer(serializers.Serializer[Any]):
    results = EntrySerializer(many=True)
    followed = NewsSerializer(
        many=True,
        help_text="Residents, of a merged ticket: what became of the matter it is part of since; "
        "never in whose words. Staff follow the link.",
    )


class ActionSerializer(StrictSerializer):
    """Each action takes the fields it needs; a field it has no use for is an error."""

    text = serializers.CharField(
        max_length=10_000, required=False,
        help_text="Reply, note, reason or comment; required by all that speak.",
    )  # fmt: skip
    supplier = serializers.CharField(
        max_length=20, required=False, help_text="wait_supplier: the code of the one awaited."
    )
    account = serializers.CharField(
        max_length=40, required=False, help_text="correct_account: the code of the key account."
    )
    post = serializers.IntegerField(required=False, help_text="assign, plan_action: the post's id.")
    other = serializers.CharField(
        max_length=40, required=False, help_text="merge, link: the number of the other ticket."
    )
    relation = serializers.ChoiceField(choices=[(r.value, r.label) for r in SAID], required=False)
    root_cause = serializers.ChoiceField(choices=RootCause.choices, required=False)
    due_on = serializers.DateField(required=False, help_text="plan_action: the last day.")
    until = serializers.DateTimeField(required=False, help_text="wait_*: the pause ends then.")
    reason_code = serializers.ChoiceField(
        choices=[
            *RejectReason.choices,
            *ReturnReason.choices,
            *ExtensionReason.choices,
            *Coordination.choices,
            *IpOutcome.choices,
            *RegradeReason.choices,
        ],
        required=False,
        help_text="reject, return, ask_extension, raise_severity, lower_severity: why; "
        "coordinate: with whom; decide: how.",
    )
    severity = serializers.ChoiceField(
        choices=Severity.choices, required=False, help_text="raise_severity, lower_severity."
    )
    minutes = serializers.IntegerField(
        min_value=1, required=False,
        help_text="ask_extension: of the basis in which the promise to resolve counts.",
    )  # fmt: skip
    result = serializers.ChoiceField(
        choices=CallResult.choices, required=False, help_text="record_call."
    )
    draft = serializers.UUIDField(
        required=False, help_text="Photos of this entry; return needs one at least."
    )
    handling = serializers.IntegerField(min_value=1, max_value=5, required=False)
    outcome = serializers.IntegerField(min_value=1, max_value=5, required=False)


class TicketQuerySerializer(StrictSerializer):
    state = serializers.ChoiceField(choices=State.choices, required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    category = serializers.CharField(max_length=60, required=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    unit = serializers.CharField(max_length=40, required=False, help_text="With all below it.")
    open = serializers.BooleanField(required=False, allow_null=True, default=None)
    overdue = serializers.BooleanField(required=False, default=False)
    urged = serializers.BooleanField(
        required=False, default=False, help_text="Open, and the resident pressed for it."
    )
    supervised = serializers.BooleanField(
        required=False, default=False, help_text="Open, and a manager keeps an eye on it."
    )
    q = serializers.CharField(
        max_length=60, required=False, help_text="A reference number, or words of the ticket."
    )
    cursor = serializers.CharField(max_length=300, required=False)
    size = serializers.IntegerField(min_value=1, max_value=100, default=50)


class DraftSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    expires_at = serializers.DateTimeField()


class UploadSerializer(StrictSerializer):
    photo = serializers.FileField(help_text="JPEG, PNG or WebP, at most 12 MB.")


class CategorySerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]  # the tree's word; DRF's own
        allow_null=True  # `parent` is of nested fields, and this one is a shape
    )
    evidence_to_close = serializers.BooleanField()


class CategoryPageSerializer(serializers.Serializer[Any]):
    results = CategorySerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CommunitySerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class CommunityPageSerializer(serializers.Serializer[Any]):
    results = CommunitySerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
