"""Who is there: a resident known by the device token in their cookie, or nobody.

The cookie holds the same token as the app's `Authorization` header. It is the only thing a sign-in
leaves; there is no session row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Concatenate, Final, ParamSpec, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from core.actors import Actor
from core.errors import NotAllowed, NotFound
from privacy.vault.services import subjects
from residents.services import devices
from residents.services.devices import Issued

COOKIE: Final = "desk_device"
NEXT: Final = "next"

P = ParamSpec("P")


@dataclass(frozen=True)
class Resident:
    """Somebody signed in on this device."""

    subject_id: UUID
    device_id: int
    token: str

    @property
    def actor(self) -> Actor:
        return Actor.reporter(self.subject_id)

    @cached_property
    def kin(self) -> tuple[UUID, ...]:
        """Every subject that is this person by merging."""
        return subjects.closure([self.subject_id])


class ResidentRequest(HttpRequest):
    """A request that has passed the door."""

    resident: Resident
    actor: Actor


def resident_of(request: HttpRequest) -> Resident | None:
    """Whoever the cookie stands for; asked of the database once per request."""
    if not hasattr(request, "_resident"):
        request._resident = _authenticated(request)  # type: ignore[attr-defined]
    found: Resident | None = request._resident  # type: ignore[attr-defined]
    return found


def resident_page(
    view: Callable[Concatenate[ResidentRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in residents and send everybody else to the sign-in page.

    What a service refuses for good becomes 403 or 404; what somebody can put right is the view's
    to say. No cache keeps a page.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        resident = resident_of(request)
        if resident is None:
            return to_sign_in(request)
        try:
            response = view(admitted(request, resident), *args, **kwargs)
        except NotFound as error:
            raise Http404(str(error)) from error
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return door  # type: ignore[return-value]  # `wraps` keeps the narrower request in its type


def admitted(request: HttpRequest, resident: Resident) -> ResidentRequest:
    request.resident = resident  # type: ignore[attr-defined]
    request.actor = resident.actor  # type: ignore[attr-defined]
    return cast(ResidentRequest, request)


def let_in(response: HttpResponse, issued: Issued, *, at: datetime) -> None:
    """From now on this device is signed in, as long as the token lives."""
    response.set_cookie(
        COOKIE,
        issued.token,
        max_age=issued.expires_at - at,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def let_out(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and, afterwards, back to the page somebody wanted or typed on."""
    wanted = request.get_full_path() if request.method == "GET" else _page_before(request)
    query = f"?{urlencode({NEXT: wanted})}" if wanted else ""
    response = HttpResponseRedirect(reverse("portal:sign_in") + query)
    if COOKIE in request.COOKIES:
        let_out(response)
    return response


def way_on(request: HttpRequest) -> str:
    """Where the sign-in was asked to lead; what is no address of this site leads home."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else ""


def _authenticated(request: HttpRequest) -> Resident | None:
    token = request.COOKIES.get(COOKIE, "")
    device = devices.authenticate(token) if token else None
    return Resident(device.subject_id, device.device_id, token) if device else None


def _page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from: what was typed there waits in its draft."""
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path if parts.netloc == request.get_host() else ""
