"""Photos that come with a page's form. They are kept at once, so that a mistake elsewhere in the
form loses none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from complaints.models import Attachment
from complaints.services import photos
from complaints.services.photos import PHOTOS_PER_DRAFT
from core.actors import Actor
from core.errors import DeskError
from core.pages import refusals


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(
            attrs={"accept": "image/*", "multiple": True, "data-photos-max": PHOTOS_PER_DRAFT}
        )


class PhotosField(forms.FileField):
    """Several photos; cleaned to a list of files. One that is required says so, and lets what a
    draft holds already do: the service asks."""

    def __init__(self, **kwargs: Any) -> None:
        values = {"label": _("照片"), "required": False, "widget": PhotosInput(), **kwargs}
        super().__init__(**values)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Too many are not even read; which of them will do is found out when they are kept."""
        files = data or []
        if len(files) > PHOTOS_PER_DRAFT:
            message = _("一次最多上传 %(most)d 张照片。") % {"most": PHOTOS_PER_DRAFT}
            raise forms.ValidationError(message)
        return list(files)


class WithPhotos(forms.Form):
    """A form with photos. `keep` stores them in a draft whose id the form carries on."""

    photos = PhotosField(help_text=_("照片里的拍摄地点会被去掉"))
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def keep(self, *, actor: Actor, at: datetime) -> UUID | None:
        """The draft that holds the photos, or None where there are none. Also of a form in which
        something else is wrong, once it has been looked at.

        A photo that is refused becomes an error of the field; the others stay in the draft.
        """
        draft: UUID | None = self.cleaned_data.get("draft")
        files: Sequence[UploadedFile] = self.cleaned_data.get("photos", ())
        for file in files:
            draft = draft or photos.open_draft(actor=actor, at=at).public_id
            try:
                photos.upload(draft, file, actor=actor, at=at)
            except DeskError as error:
                self.add_error("photos", f"{file.name}：{_why(error)}")
        if draft is not None:
            self._carry(draft)
        return draft

    def keep_meanwhile(self, *, actor: Actor, at: datetime) -> None:
        """`keep` of a form that comes back because something else is wrong: nobody chooses their
        photos twice."""
        try:
            self.keep(actor=actor, at=at)
        except DeskError as error:
            self.add_error("photos", refusals.said(error))

    def kept(self, actor: Actor) -> list[Attachment]:
        """What the draft holds already, to be shown when the form comes back."""
        draft = self["draft"].value()
        if not draft or "draft" in self.errors:
            return []
        held = Attachment.objects.in_drafts_of(actor).filter(draft__public_id=draft)
        return list(held.order_by("pk"))

    def _carry(self, draft: UUID) -> None:
        carried = QueryDict(mutable=True)
        carried.update(self.data)
        carried[self.add_prefix("draft")] = str(draft)
        self.data = carried


def _why(error: DeskError) -> str:
    told = " ".join(str(text) for texts in error.fields.values() for text in texts)
    return told or refusals.said(error)
