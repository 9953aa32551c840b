"""Photos of work that is done, drawn: a lift door, a tap, a bin. Files of their own for each entry,
so that erasing one takes nothing from another."""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from functools import cache
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFilter

from complaints.models import Attachment

SIZE: Final = (800, 600)
THUMBNAIL: Final = (320, 240)
WALL, FLOOR, STEEL, DARK, LIT = "#cfd3d6", "#8e8a84", "#a9b1b8", "#4a5157", "#ffd89a"


def shown(event_id: int, category: str, at: datetime) -> Attachment:
    """An unsaved row whose files are there."""
    name = uuid.uuid4().hex
    folder = f"photos/{name[:2]}"
    large, small = jpeg(category), jpeg(category, THUMBNAIL)
    return Attachment(
        event_id=event_id,
        file=default_storage.save(f"{folder}/{name}.jpg", ContentFile(large)),
        thumbnail=default_storage.save(f"{folder}/{name}_s.jpg", ContentFile(small)),
        size_bytes=len(large),
        width=SIZE[0],
        height=SIZE[1],
        created_at=at,
    )


@cache
def jpeg(category: str, size: tuple[int, int] = SIZE) -> bytes:
    picture = Image.new("RGB", SIZE, WALL)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 470, 800, 600), fill=FLOOR)
    draw = {"lifts": _lift, "engineering": _pipe}.get(category.partition(".")[0], _bins)
    draw(pen)
    soft = picture.filter(ImageFilter.GaussianBlur(1.2)).resize(size)
    out = io.BytesIO()
    soft.save(out, "JPEG", quality=80)
    return out.getvalue()


def _lift(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((210, 90, 590, 480), fill=DARK)
    pen.rectangle((228, 110, 398, 480), fill=STEEL)
    pen.rectangle((402, 110, 572, 480), fill=STEEL)
    for x in (250, 424):
        pen.line((x, 120, x, 470), fill="#bcc4ca", width=14)
    pen.rectangle((350, 48, 450, 82), fill="#1d2226")
    pen.polygon([(388, 74), (400, 56), (412, 74)], fill=LIT)
    pen.rectangle((640, 250, 690, 340), fill=DARK)
    for y in (275, 315):
        pen.ellipse((655, y - 10, 675, y + 10), fill=LIT)


def _pipe(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((120, 60, 680, 130), fill="#e9ebec")
    pen.rectangle((370, 130, 420, 330), fill=STEEL)
    pen.arc((370, 270, 560, 420), 0, 180, fill=STEEL, width=48)
    pen.rectangle((512, 250, 560, 350), fill=STEEL)
    pen.rectangle((355, 200, 435, 232), fill="#3f6f9f")
    pen.ellipse((250, 500, 420, 530), fill="#a39f99")


def _bins(pen: ImageDraw.ImageDraw) -> None:
    for x, colour in ((130, "#2f6b4f"), (320, "#35547c"), (510, "#6d6a66")):
        pen.polygon([(x, 230), (x + 160, 230), (x + 145, 490), (x + 15, 490)], fill=colour)
        pen.rectangle((x - 10, 200, x + 170, 236), fill=DARK)
        pen.ellipse((x + 50, 300, x + 110, 360), fill="#e9ebec")
