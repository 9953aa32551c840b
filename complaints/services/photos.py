"""Photos: taken in, freed of everything but the picture, kept under random names, shown by links
that live for minutes and are checked against the reader's scope every time."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from complaints.models import Attachment, Draft, TicketEvent
from core.actors import Actor
from core.errors import InvalidInput, LimitReached, NotFound
from core.services import limits

READ: Final = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE: Final = 2048
THUMBNAIL_SIDE: Final = 320
QUALITY: Final = 82
PHOTOS_PER_DRAFT: Final = 9
PHOTOS_PER_HOUR: Final = 90
DRAFTS_PER_DAY: Final = 30
DRAFT_LIFETIME: Final = timedelta(hours=24)
LINK_SECONDS: Final = 600
_SALT: Final = "complaints.photo"
_WHITE: Final = (255, 255, 255)


class PhotoRefused(InvalidInput):
    """The file is not a picture this desk takes; the `code` and the words say why."""

    code = "photo_refused"

    def __init__(self, message: str) -> None:
        super().__init__(fields={"photo": [message]})


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG bytes without metadata, and their size in pixels."""

    data: bytes
    width: int
    height: int


def open_draft(*, actor: Actor, at: datetime) -> Draft:
    """A place for photos of something that is still being written; it lives for a day.

    Raises LimitReached for a resident who has opened many and sent little.
    """
    _refuse_too_many(actor, at)
    return Draft.objects.create(
        staff_id=actor.staff_id,
        subject_id=actor.subject_id,
        created_at=at,
        expires_at=at + DRAFT_LIFETIME,
    )


def upload(draft_id: UUID, file: IO[bytes], *, actor: Actor, at: datetime) -> Attachment:
    """Keep one photo in the actor's draft. Raises LimitReached after many in an hour, and what
    `put` raises."""
    count(actor, at=at)
    return put(draft_id, file, actor=actor, at=at)


def count(actor: Actor, *, at: datetime) -> None:
    """One more of them. Outside a transaction, so that what is refused counts as well."""
    if not actor.unnamed:  # whose reports are counted, since nobody is told from anybody else
        owner = f"{actor.kind}:{actor.staff_id or actor.subject_id or actor.machine_id}"
        limits.hit("photos", owner, at=at, window_minutes=60, most=PHOTOS_PER_HOUR)


def put(draft_id: UUID, file: IO[bytes], *, actor: Actor, at: datetime) -> Attachment:
    """`upload`, once it is counted. What is stored is made anew from the pixels: no EXIF, no place,
    no second image.

    Raises NotFound for a draft that is not theirs or too old, PhotoRefused for what is no picture
    or too big.
    """
    picture = read_picture(file)
    thumbnail = _encode(_opened(picture.data), THUMBNAIL_SIDE)
    with transaction.atomic():
        draft = _own_drafts(actor, at).select_for_update().filter(public_id=draft_id).first()
        if draft is None:
            raise NotFound
        if draft.attachments.count() >= PHOTOS_PER_DRAFT:
            raise PhotoRefused(_("一次最多上传 %(most)d 张照片。") % {"most": PHOTOS_PER_DRAFT})
        return _keep(draft, picture, thumbnail, at)


def kept(draft_id: UUID, attachment_id: int) -> Attachment:
    """A photo that was uploaded to this draft. Raises NotFound once it is gone, or in an entry."""
    found = Attachment.objects.filter(pk=attachment_id, draft__public_id=draft_id).first()
    if found is None:
        raise NotFound(_("照片已过期，请重新上传。"))
    return found


def _refuse_too_many(actor: Actor, at: datetime) -> None:
    if actor.subject_id is not None and _own_drafts(actor, at).count() >= DRAFTS_PER_DAY:
        raise LimitReached(retry_at=at + timedelta(hours=1))


def draft_of(draft_id: UUID | None, *, actor: Actor, at: datetime) -> Draft | None:
    """The actor's draft; None when none is named.

    Raises NotFound for one that is not theirs or has expired, so that no photo gets lost without a
    word.
    """
    if draft_id is None:
        return None
    draft = _own_drafts(actor, at).filter(public_id=draft_id).first()
    if draft is None:
        raise NotFound(_("照片已过期，请重新上传。"))
    return draft


def attach(draft: Draft | None, event: TicketEvent) -> int:
    """Move the photos of a draft to an entry; returns how many."""
    return draft.attachments.update(event=event, draft=None) if draft else 0


def link(attachment: Attachment, *, thumbnail: bool = False) -> str:
    """A token for the address of the picture; worth nothing after ten minutes, and nothing to
    somebody who may not see the entry."""
    return signing.dumps([str(attachment.public_id), int(thumbnail)], salt=_SALT, compress=False)


def follow(token: str, *, actor: Actor) -> IO[bytes]:
    """The open JPEG behind a link. Raises NotFound when the link is old, forged or out of scope."""
    try:
        public_id, thumbnail = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise NotFound from None
    attachment = _seen_by(actor, public_id)
    name = attachment.thumbnail.name if thumbnail else attachment.file.name
    try:
        return default_storage.open(name or "")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound from None


def remove_files(attachments: Iterable[Attachment]) -> int:
    """Delete picture and thumbnail of each; missing files are as good as deleted."""
    count = 0
    for attachment in attachments:
        for name in (attachment.file.name, attachment.thumbnail.name):
            if name:
                default_storage.delete(name)
        count += 1
    return count


def delete_expired_drafts(at: datetime, *, limit: int = 500) -> int:
    """Delete drafts nobody sent, with their files; returns how many. Files first: a row without
    a file is found again, a file without a row never."""
    old = list(Draft.objects.filter(expires_at__lte=at).order_by("expires_at")[:limit])
    for draft in old:
        remove_files(draft.attachments.all())
        draft.attachments.all().delete()
        draft.delete()
    return len(old)


def read_picture(file: IO[bytes]) -> Picture:
    """The picture in a file, by its content and not by its name, turned upright, made anew."""
    data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise PhotoRefused(_("照片不能超过 %(most)d MB。") % {"most": most})
    try:
        return _encode(_opened(data), LONGEST_SIDE)
    except PhotoRefused:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:  # noqa: BLE001  # Pillow has no list of what a broken file can raise
        raise PhotoRefused(_("无法识别此文件，请上传 JPG、PNG 或 WebP 照片。")) from None


def _opened(data: bytes) -> Image.Image:
    """Read not much larger than it is kept where the format (JPEG) allows it, to save memory."""
    image = Image.open(io.BytesIO(data), formats=READ)
    if image.width * image.height > settings.UPLOAD_MAX_PIXELS:
        raise _too_many_pixels()
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    return image


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused(_("照片像素过大，请缩小后再上传。"))


def _encode(image: Image.Image, longest_side: int) -> Picture:
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", upright.size, _WHITE)
    layers = upright.convert("RGBA")
    plain.paste(layers, mask=layers.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), *plain.size)


def _keep(draft: Draft, picture: Picture, thumbnail: Picture, at: datetime) -> Attachment:
    name = uuid.uuid4().hex
    folder = f"photos/{name[:2]}"
    return Attachment.objects.create(
        draft=draft,
        file=default_storage.save(f"{folder}/{name}.jpg", ContentFile(picture.data)),
        thumbnail=default_storage.save(f"{folder}/{name}_s.jpg", ContentFile(thumbnail.data)),
        size_bytes=len(picture.data),
        width=picture.width,
        height=picture.height,
        created_at=at,
    )


def _own_drafts(actor: Actor, at: datetime) -> models.QuerySet[Draft]:
    drafts = Draft.objects.filter(expires_at__gt=at)
    if actor.subject_id is not None:
        return drafts.filter(subject_id=actor.subject_id)
    if actor.unnamed:
        return drafts.filter(staff=None, subject=None)
    return drafts.filter(staff_id=actor.staff_id) if actor.staff_id else drafts.none()


def _seen_by(actor: Actor, public_id: str) -> Attachment:
    chosen = Attachment.objects.filter(public_id=public_id)
    found = chosen.visible_to(actor).first() or chosen.in_drafts_of(actor).first()
    if found is None:
        raise NotFound
    return found
