"""Posts as Django permissions, and what a person sees who typed a wrong password too often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth.backends import ModelBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.compiled import Compiled, Slot
from organisation import access
from organisation.access import Grant
from organisation.models import Post, PostInForce, Staff, Unit
from organisation.querysets import leaf_unit, served_path


class PostBackend(ModelBackend):
    """Signs staff in by password and answers `user.has_perm("tickets.assign", unit)` from the posts
    they hold. An object that belongs to a unit stands for that unit."""

    def get_user(self, user_id: int) -> Staff | None:
        """The person of a session together with their grants and posts, in one statement."""
        found: Any = _staff_with_grants.first(pk=user_id)
        if found is None:
            return None
        access.remember(
            found.actor,
            [
                Grant(frozenset(one["permissions"]), one["path"], one["leaf"])
                for one in found.grants
            ],
        )
        staff: Staff = found
        staff.posts_in_force = [
            PostInForce(one["post"], one["unit"], one["role"], one["role_en"])
            for one in found.grants
        ]
        return staff

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not isinstance(user_obj, Staff) or not user_obj.is_active:
            return False
        if obj is None:
            return access.has(user_obj.actor, perm)
        unit = obj if isinstance(obj, Unit) else getattr(obj, "unit", None)
        if isinstance(unit, Unit):
            return access.has(user_obj.actor, perm, unit)
        # an object nobody can place needs the permission over the whole group
        return access.scope(user_obj.actor, perm).everything

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not isinstance(user_obj, Staff) or not user_obj.is_active:
            return set()
        return {
            permission
            for permission in access.permissions_of(user_obj.actor)
            if obj is None or self.has_perm(user_obj, permission, obj)
        }


def _with_grants() -> QuerySet[Staff]:
    grants = JSONObject(
        permissions="role__permissions", path=served_path(), leaf=leaf_unit(),
        post="pk", unit="unit__name", role="role__name", role_en="role__name_en",
    )  # fmt: skip
    posts = Post.objects.in_force_for(OuterRef("pk")).order_by("unit__path", "pk")
    staff = Staff.objects.filter(pk=Slot("pk", BigIntegerField()), is_active=True)
    return staff.annotate(grants=ArraySubquery(posts.values(grant=grants)))


_staff_with_grants = Compiled(_with_grants)


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of django-axes: says how long to wait, not whether the name exists."""
    wait = get_cool_off(request) or timedelta(0)
    context = {"minutes": max(1, round(wait.total_seconds() / 60))}
    response = render(request, "organisation/locked_out.html", context, status=429)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response


def unnamed_client(*seen: object) -> str:
    """How django-axes names a client in the log: not at all. The attempt itself is in its table."""
    return "a client"
