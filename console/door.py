"""What every staff page does first: ask who is there and whether they may come in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from core.actors import Actor
from core.errors import NotAllowed, NotFound
from organisation import access
from organisation.models import Staff

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that has passed the door."""

    user: Staff

    @property
    def actor(self) -> Actor:
        return self.user.actor


def staff_page(
    *permissions: str,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let in staff who hold one of the permissions somewhere, or any staff where none is named.

    Strangers are sent to the sign-in page. What a service refuses for good becomes 403 or 404;
    what somebody can put right is the view's to say. Pages are never kept by a cache.
    """

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not isinstance(request.user, Staff):
                return _to_sign_in(request)
            if permissions and not _holds_one_of(request.user.actor, permissions):
                raise PermissionDenied
            try:
                response = view(_known(request), *args, **kwargs)
            except NotFound as error:
                raise Http404(str(error)) from error
            except NotAllowed as error:
                raise PermissionDenied(str(error)) from error
            add_never_cache_headers(response)
            _keep_address(request, response)
            return response

        return door  # type: ignore[return-value]  # narrower than the view, by design

    return decorate


def _keep_address(request: HttpRequest, response: HttpResponse) -> None:
    """A page that htmx took parts of has an address like any other; what a form answered has not,
    since nobody could open it again."""
    restored = "HX-History-Restore-Request" in request.headers
    whole = request.headers.get("HX-Request-Type") == "full"
    if request.method == "GET" and whole and not restored:
        here = request.get_full_path()
        same = _path(request.headers.get("HX-Current-URL", "")) == here
        response["HX-Replace-Url" if same else "HX-Push-Url"] = here


def _known(request: HttpRequest) -> StaffRequest:
    request.actor = cast(Staff, request.user).actor  # type: ignore[attr-defined]
    return cast(StaffRequest, request)


def _holds_one_of(actor: Actor, permissions: tuple[str, ...]) -> bool:
    return not access.permissions_of(actor).isdisjoint(permissions)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Back to this page afterwards; a request in the background takes the whole page there."""
    back = request.headers.get("HX-Current-URL", "")
    redirect = redirect_to_login(_path(back) if back else request.get_full_path())
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=401)
        response["HX-Redirect"] = redirect.url
        return response
    return redirect


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
