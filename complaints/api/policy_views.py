from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api import policy_shapes as forms
from complaints.api.views import find
from complaints.models import Policy, Ticket
from complaints.services import (
    catalogue,
    dry_run,
    holders,
    policy_preview,
    policy_versions,
    recomputation,
)
from complaints.services.routing import Facts
from core import paging
from core.actors import Actor, ActorKind
from core.api.actor import actor_of
from core.api.preconditions import TAG, seen_of, tagged
from core.api.schema import checked, checked_query, in_words_of_the_api, problems
from core.api.serializers import PageQuerySerializer
from core.clock import database_now
from core.errors import InvalidInput, NotAllowed, NotFound
from core.models import Job
from organisation import access
from organisation.models import Unit

MANAGE = "organisation.manage"
ASSIGN = "tickets.assign"


def require_one_of(actor: Actor, *permissions: str) -> None:
    if not any(access.has(actor, permission) for permission in permissions):
        raise NotAllowed


class PoliciesView(APIView):
    @extend_schema(
        operation_id="policies_list",
        tags=["policies"],
        summary="What is promised now, and what is prepared",
        responses={200: forms.ServicePolicySerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        require_one_of(actor_of(request), MANAGE, ASSIGN)
        rows = Policy.objects.select_related("calendar").prefetch_related(
            "durations", "ladder__role"
        )
        now = rows.filter(effective_from__lte=database_now())
        in_force = now.order_by("code", "-effective_from", "-version").distinct("code")
        prepared = rows.filter(effective_from__isnull=True).order_by("code")
        return Response([forms.policy(row) for row in (*in_force, *prepared)])


class PolicyView(APIView):
    @extend_schema(
        operation_id="policies_retrieve",
        tags=["policies"],
        summary="What one policy promises now, what is prepared, and its versions",
        responses={200: forms.PolicyWithVersionsSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        require_one_of(actor_of(request), MANAGE, ASSIGN)
        return _policy(code)


class PolicyPreviewView(APIView):
    @extend_schema(
        operation_id="policies_previewed",
        tags=["policies"],
        summary="What the prepared version would do",
        responses={200: forms.PolicyPreviewSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        policy_versions.require_keeper(actor_of(request))
        return _preview(code, database_now())

    @extend_schema(
        operation_id="policies_preview",
        tags=["policies"],
        summary="Prepare the next version of a policy and see what it would do",
        description="Binds nobody until it is applied; what was prepared before gives way.",
        parameters=[TAG],
        request=forms.PromisesSerializer,
        responses={200: forms.PolicyPreviewSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def post(self, request: Request, code: str) -> Response:
        actor, at = actor_of(request), database_now()
        policy_versions.require_keeper(actor)
        seen = seen_of(request)
        durations, ladder = forms.promises(checked(forms.PromisesSerializer, request))
        with in_words_of_the_api(forms.NAMES):
            policy_versions.prepare(code, durations, ladder, actor=actor, at=at, seen=seen)
        return _preview(code, at)

    @extend_schema(
        operation_id="policies_discard",
        tags=["policies"],
        summary="Forget what was prepared",
        parameters=[TAG],
        responses={
            200: forms.PolicyWithVersionsSerializer,
            **problems(401, 403, 404, 412, 428),
        },
    )
    def delete(self, request: Request, code: str) -> Response:
        actor, at = actor_of(request), database_now()
        policy_versions.require_keeper(actor)
        seen = seen_of(request)
        policy_versions.discard(_draft(code), actor=actor, at=at, seen=seen)
        return _policy(code)


class PolicyApplyView(APIView):
    @extend_schema(
        operation_id="policies_apply",
        tags=["policies"],
        summary="Put the prepared version in force, as it was previewed",
        parameters=[TAG],
        request=forms.ApplySerializer,
        responses={
            200: forms.ServicePolicySerializer,
            **problems(400, 401, 403, 404, 409, 412, 428),
        },
    )
    def post(self, request: Request, code: str) -> Response:
        actor = actor_of(request)
        policy_versions.require_keeper(actor)
        seen = seen_of(request)
        wanted = checked(forms.ApplySerializer, request)
        draft = _draft(code)
        if draft.version != wanted["version"]:
            raise policy_versions.AlreadyApplied
        policy_versions.apply(
            draft,
            moves_open_clocks=wanted["open_tickets"],
            actor=actor,
            at=database_now(),
            seen=seen,
        )
        return Response(forms.policy(Policy.objects.get(pk=draft.pk)))


class RecomputationsView(APIView):
    @extend_schema(
        operation_id="recomputations_list",
        tags=["policies"],
        summary="How far clocks have moved to new versions, the newest first",
        parameters=[PageQuerySerializer],
        responses={200: forms.RecomputationPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        access.require(actor_of(request), MANAGE)
        wanted = checked_query(PageQuerySerializer, request)
        rows = Job.objects.filter(kind=recomputation.JOB)
        found = paging.page(rows, order=("-id",), **wanted)
        return Response(found.answer([forms.recomputation(job) for job in found.rows]))


def _draft(code: str) -> Policy:
    found = policy_versions.draft_of(code)
    if found is None:
        raise NotFound
    return found


def _policy(code: str) -> Response:
    # the tag first: what changes between the two is refused later, and nobody's work is lost
    tag, draft = policy_versions.tag(code), policy_versions.draft_of(code)
    body = {
        "in_force": forms.policy(policy_versions.in_force(code, database_now())),
        "prepared": forms.policy(draft) if draft else None,
        "versions": [
            forms.version(row) for row in Policy.objects.filter(code=code).order_by("-version")
        ],
    }
    return tagged(body, tag)


def _preview(code: str, at: datetime) -> Response:
    tag, draft = policy_versions.tag(code), _draft(code)
    return tagged(forms.preview(draft, policy_preview.of_version(draft, at=at)), tag)


class DryRunView(APIView):
    @extend_schema(
        operation_id="routing_dry_run",
        tags=["policies"],
        summary="Which rule a ticket like this would match, who would get it, and by when",
        request=forms.DescribedSerializer,
        responses={200: forms.DryRunSerializer, **problems(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        actor, at = actor_of(request), database_now()
        require_one_of(actor, MANAGE, ASSIGN)
        body = checked(forms.DescribedSerializer, request)
        category = catalogue.current().category(body["category"])
        facts = Facts(
            kind=body["kind"],
            category=category,
            severity=body["severity"] or category.severity,
            channel=body["channel"],
            tier=body["tier"],
            unit=_unit(body["unit"], actor),
        )
        return Response(forms.dry_run(dry_run.run(facts, at=at)))


class TicketDryRunView(APIView):
    @extend_schema(
        operation_id="tickets_dry_run",
        tags=["policies"],
        summary="What would become of this ticket if it came in now",
        responses={200: forms.DryRunSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor = actor_of(request)
        found = find(public_id, actor)
        require_one_of(actor, ASSIGN)
        ticket = Ticket.objects.acting_on(found.pk)
        return Response(forms.dry_run(dry_run.of_ticket(ticket, at=database_now())))


class HoldersView(APIView):
    @extend_schema(
        operation_id="tickets_holders",
        tags=["tickets"],
        summary="Who had the ticket in hand, oldest first; for staff and machines",
        responses={200: forms.HolderSerializer(many=True), **problems(401, 403, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor = actor_of(request)
        ticket = find(public_id, actor)
        if actor.kind is ActorKind.REPORTER:
            raise NotAllowed
        return Response([forms.holder(each) for each in holders.of(ticket, at=database_now())])


def _unit(code: str, actor: Actor) -> Unit:
    """A unit within reach. Raises InvalidInput beside the field."""
    for permission in (MANAGE, ASSIGN):
        found = Unit.objects.filter(access.scope(actor, permission).q(""), code=code).first()
        if found is not None:
            return found
    raise InvalidInput(fields={"unit": [_("没有这个小区，或不在您的范围内。")]})
