from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from organisation.enums import Language


class PostInForce(NamedTuple):
    """A post that somebody acts for now, as its name is shown."""

    pk: int
    unit: str
    role: str
    role_en: str

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return f"{self.unit} · {self.role_en if english else self.role}"


class Staff(AbstractUser):
    """An employee. Name and work telephone are clear columns: every list shows them. Who leaves is
    deactivated, never deleted; the work stays with the post."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]  # see above
    name = models.CharField(_("姓名"), max_length=60)
    work_phone = models.CharField(_("工作电话"), max_length=20, blank=True)
    preferred_language = models.CharField(
        _("界面语言"), max_length=10, choices=Language.choices, default=Language.CHINESE
    )
    left_on = models.DateField(_("离职日期"), null=True, blank=True)

    # no column: read along with whoever is signed in, the highest unit first
    posts_in_force: list[PostInForce]

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("员工")
        verbose_name_plural = _("员工")

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor.staff(self.pk)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
