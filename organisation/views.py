from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER
from django.views.i18n import set_language as set_cookie

from organisation.models import Staff


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's language switch, which for staff also keeps the choice for their next device."""
    chosen = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if isinstance(request.user, Staff) and check_for_language(chosen):
        request.user.preferred_language = chosen
        request.user.save(update_fields=["preferred_language"])
    return set_cookie(request)
