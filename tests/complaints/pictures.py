"""Pictures as telephones take them, and what only looks like one."""

from __future__ import annotations

import datetime as dt
import io

from PIL import Image

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def image(size=(60, 40), colour=(200, 30, 30), mode="RGB"):
    return Image.new(mode, size, colour)


def encoded(picture, kind="JPEG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    out.seek(0)
    return out


def jpeg(size=(60, 40), **exif):
    """A JPEG with maker, place and orientation in its EXIF."""
    tags = Image.Exif()
    tags[MAKE] = "CanaryPhone"
    tags[ORIENTATION] = exif.get("orientation", 1)
    tags.get_ifd(GPS).update({1: "N", 2: (29.0, 33.0, 46.0), 3: "E", 4: (106.0, 33.0, 4.0)})
    return encoded(image(size), exif=tags.tobytes())


def evidence_of(actor, at):
    """A draft of this member of staff with one photo in it, of which there is no file; None for
    who cannot have one."""
    from complaints.models import Attachment, Draft

    if actor.staff_id is None:
        return None
    draft = Draft.objects.create(
        staff_id=actor.staff_id, created_at=at, expires_at=at + dt.timedelta(hours=24)
    )
    Attachment.objects.create(
        draft=draft, file="photos/x.jpg", thumbnail="photos/x_s.jpg", size_bytes=1, width=1,
        height=1, created_at=at,
    )  # fmt: skip
    return draft.public_id
