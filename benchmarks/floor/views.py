"""What one would write first: a plain serializer, the ORM, and nothing besides."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.floor import creating
from benchmarks.floor.models import Person, Ticket, TicketHistory

KINDS = ("complaint", "repair", "inquiry", "suggestion", "praise", "incident")
CHANNELS = ("hotline", "app", "mini_program", "web", "email", "letter")
PAGE = 50
BESIDE = 30


class NewTicketSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    category = serializers.CharField(max_length=60)
    body = serializers.CharField(max_length=10_000)
    summary = serializers.CharField(max_length=120, required=False, default="")
    dwelling = serializers.UUIDField()
    channel = serializers.ChoiceField(choices=CHANNELS, default="app")


class CreatedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    state = serializers.CharField()
    received_at = serializers.DateTimeField()


class RowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    kind = serializers.CharField()
    category = serializers.CharField()
    severity = serializers.CharField()
    state = serializers.CharField()
    summary = serializers.CharField()
    unit = serializers.CharField()
    received_at = serializers.DateTimeField()
    first_response_due_at = serializers.DateTimeField(allow_null=True)
    resolve_due_at = serializers.DateTimeField(allow_null=True)


class DetailSerializer(RowSerializer):
    channel = serializers.CharField()
    body = serializers.CharField()
    dwelling = serializers.UUIDField(allow_null=True)


class PersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    home = serializers.CharField()


class TicketsView(APIView):
    def get(self, request: Request) -> Response:
        rows = Ticket.objects.order_by("-received_at", "-id")[:PAGE]
        return Response({"results": RowSerializer(rows, many=True).data})

    def post(self, request: Request) -> Response:
        body = NewTicketSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        columns = {
            **body.validated_data,
            "reference": str(now.timestamp()),
            "severity": "ordinary",
            "state": "received",
            "unit": "",
            "received_at": now,
        }
        with transaction.atomic():
            ticket = Ticket.objects.create(**columns)
            TicketHistory.objects.create(ticket=ticket, history_date=now, **columns)
        return Response(CreatedSerializer(ticket).data, status=status.HTTP_201_CREATED)


class SameRowsView(APIView):
    """The rows of an intake of the desk, in its tables, from the least SQL that writes them."""

    def post(self, request: Request) -> Response:
        body = NewTicketSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        created = creating.create(body.validated_data, key=request.headers["Idempotency-Key"])
        return Response(CreatedSerializer(created).data, status=status.HTTP_201_CREATED)


class TicketView(APIView):
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(DetailSerializer(get_object_or_404(Ticket, public_id=public_id)).data)


def ticket_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A page as one would write it first: the ticket beside the newest of its list."""
    shown = get_object_or_404(Ticket, public_id=public_id)
    beside = Ticket.objects.order_by("-received_at", "-id")[:BESIDE]
    return render(request, "floor/ticket.html", {"ticket": shown, "beside": beside})


class LookupView(APIView):
    def post(self, request: Request) -> Response:
        index = hashlib.sha256(request.data["phone"].encode()).digest()
        found = Person.objects.filter(blind_index=index)
        return Response({"callers": PersonSerializer(found, many=True).data})
