"""Photos as pages show them: by links that live for minutes."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.models import Attachment
from complaints.services import photos


def shown(row: Attachment) -> dict[str, str]:
    return {
        "url": reverse("portal:photo", args=[photos.link(row)]),
        "thumb": reverse("portal:photo", args=[photos.link(row, thumbnail=True)]),
        "alt": _("照片"),
    }
