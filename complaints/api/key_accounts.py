"""Key accounts in the actor's area, and how many matters they brought in a quarter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.account_quarter import AccountQuarter
from complaints.api import shapes
from complaints.api.serializers import TicketRowSerializer
from complaints.enums import Kind
from complaints.models import Ticket
from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer, StrictSerializer
from core.clock import database_now
from core.errors import NotFound
from core.quarters import Quarter
from organisation import access
from residents.enums import AccountChangeKind, AccountTier
from residents.models import KeyAccount
from residents.querysets import VIEW_ACCOUNTS
from residents.services import account_changes, accounts, handles, people
from residents.services.account_changes import Change

ORDER = ("-received_at", "-id")


class QuarterQuerySerializer(PageQuerySerializer):
    cut_off = serializers.DateTimeField(
        required=False, help_text="Received up to then; the quarter's end where it is left out."
    )
    recorded_by = serializers.DateTimeField(
        required=False, help_text="As far as recorded by then; now where it is left out."
    )


class KeyAccountSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    tier = serializers.ChoiceField(choices=AccountTier.choices)
    line_number = serializers.CharField(allow_blank=True)
    open_tickets = serializers.IntegerField()


class KeyAccountPageSerializer(serializers.Serializer[Any]):
    results = KeyAccountSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class KindCountSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Kind.choices)
    count = serializers.IntegerField()


class AccountQuarterSerializer(serializers.Serializer[Any]):
    quarter = serializers.CharField()
    complaints = serializers.IntegerField(help_text="The figure of the disclosure; may be zero.")
    by_kind = KindCountSerializer(many=True)
    cut_off = serializers.DateTimeField()
    recorded_by = serializers.DateTimeField()
    tickets = TicketRowSerializer(many=True, help_text="The list behind the figures.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ContactSerializer(StrictSerializer):
    caller = serializers.CharField(
        max_length=200, help_text="The handle of a person, from POST /callers/lookup/."
    )


class SpeakerSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField(help_text="Names this person for twelve hours.")
    name = serializers.CharField(allow_null=True, help_text="Masked where it may not be seen.")
    do_not_call = serializers.BooleanField()


class SpeakersSerializer(serializers.Serializer[Any]):
    results = SpeakerSerializer(many=True)


class ChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=AccountChangeKind.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(
        allow_blank=True, help_text="Whose doing; empty where no member of staff did it."
    )
    before = serializers.CharField(allow_null=True, help_text="The manager's post before.")
    after = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True, help_text="The code of the community.")


class ChangesSerializer(serializers.Serializer[Any]):
    results = ChangeSerializer(many=True)


class KeyAccountsView(APIView):
    @extend_schema(
        operation_id="key_accounts_list",
        tags=["key accounts"],
        summary="Key accounts in your area",
        parameters=[PageQuerySerializer],
        responses={200: KeyAccountPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW_ACCOUNTS)
            rows = KeyAccount.objects.visible_to(actor).annotate(open_tickets=_open_of(actor))
            page = paging.page(
                rows, order=("id",), size=wanted["size"], cursor=wanted.get("cursor")
            )
        return Response(page.answer(KeyAccountSerializer(page.rows, many=True).data))


class QuarterView(APIView):
    @extend_schema(
        operation_id="key_accounts_quarter",
        tags=["key accounts"],
        summary="How many matters key accounts brought in a quarter such as 2026-4, and which",
        description="Counted by the event of the receipt; the same moments give the same figures.",
        parameters=[QuarterQuerySerializer],
        responses={200: AccountQuarterSerializer, **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        actor, wanted = actor_of(request), checked_query(QuarterQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW_ACCOUNTS)
            figures = AccountQuarter.ask(
                _quarter(code),
                actor,
                at=database_now(),
                cut_off_at=wanted.get("cut_off"),
                recorded_by=wanted.get("recorded_by"),
            )
            return Response(_shape(figures, wanted))


class ContactsView(APIView):
    """The people who speak for an account."""

    @extend_schema(
        operation_id="key_accounts_contacts",
        tags=["key accounts"],
        summary="Who speaks for a key account",
        responses={200: SpeakersSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        return _speakers(*_account(request, code))

    @extend_schema(
        operation_id="key_accounts_add_contact",
        tags=["key accounts"],
        summary="A person speaks for a key account; saying it twice changes nothing",
        request=ContactSerializer,
        responses={200: SpeakersSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, code: str) -> Response:
        account, actor = _account(request, code)
        accounts.add_contact(account, _person(request), actor=actor, at=database_now())
        return _speakers(account, actor)

    @extend_schema(
        operation_id="key_accounts_remove_contact",
        tags=["key accounts"],
        summary="A person speaks for a key account no longer",
        description="The handle travels in the body, as everywhere.",
        request=ContactSerializer,
        responses={200: SpeakersSerializer, **problems(400, 401, 403, 404)},
    )
    def delete(self, request: Request, code: str) -> Response:
        account, actor = _account(request, code)
        accounts.remove_contact(account, _person(request), actor=actor, at=database_now())
        return _speakers(account, actor)


class ChangesView(APIView):
    @extend_schema(
        operation_id="key_accounts_changes",
        tags=["key accounts"],
        summary="Who changed contacts, manager and communities of a key account, the newest first",
        description="The last fifty. Which person a contact was is not kept.",
        responses={200: ChangesSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        account, _actor = _account(request, code)
        shown = [_change(each) for each in account_changes.latest(account)]
        return Response(ChangesSerializer({"results": shown}).data)


def _change(change: Change) -> dict[str, Any]:
    row = change.row
    return {
        "kind": row.kind,
        "at": row.at,
        "by": change.by,
        "before": str(row.before) if row.before else None,
        "after": str(row.after) if row.after else None,
        "unit": row.unit.code if row.unit else None,
    }


def _account(request: Request, code: str) -> tuple[KeyAccount, Actor]:
    actor = actor_of(request)
    access.require(actor, VIEW_ACCOUNTS)
    account = KeyAccount.objects.visible_to(actor).filter(code=code).first()
    if account is None:
        raise NotFound
    return account, actor


def _person(request: Request) -> UUID:
    return handles.subject_of(checked(ContactSerializer, request)["caller"])


def _speakers(account: KeyAccount, actor: Actor) -> Response:
    found = [people.as_seen(each, actor) for each in accounts.speakers(account)]
    shown = [
        {
            "handle": handles.handle_of(each.subject_id),
            "name": each.name,
            "do_not_call": each.do_not_call,
        }
        for each in found
    ]
    return Response(SpeakersSerializer({"results": shown}).data)


def _open_of(actor: Actor) -> Coalesce:
    """Of those that the actor may see."""
    mine = Ticket.objects.visible_to(actor).open().filter(account=OuterRef("pk"))
    counted = mine.order_by().values("account").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _quarter(code: str) -> Quarter:
    try:
        return Quarter.parse(code)
    except ValueError:
        raise NotFound from None


def _shape(figures: AccountQuarter, wanted: dict[str, Any]) -> dict[str, Any]:
    counts = figures.by_kind()
    page = paging.page(
        figures.tickets().for_rows(),
        order=ORDER,
        size=wanted["size"],
        cursor=wanted.get("cursor"),
    )
    return {
        "quarter": figures.quarter.code,
        "complaints": counts[Kind.COMPLAINT],
        "by_kind": [{"kind": kind.value, "count": count} for kind, count in counts.items()],
        "cut_off": shapes.moment(figures.cut_off_at),
        "recorded_by": shapes.moment(figures.recorded_by),
        "tickets": shapes.rows(page.rows),
        "next": page.next_cursor,
        "previous": page.previous_cursor,
    }
