from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from privacy.vault.enums import Basis


class Purpose(models.Model):
    """What personal data may be used for, and on which legal basis."""

    code = models.CharField(max_length=40, primary_key=True)
    basis = models.CharField(_("合法性基础"), max_length=20, choices=Basis.choices)
    needs_consent = models.BooleanField(_("需要同意"))
    core_service = models.BooleanField(_("核心服务"))
    valid_days = models.PositiveIntegerField(_("同意有效天数"), null=True, blank=True)
    name_zh = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=80)

    class Meta:
        verbose_name = _("处理目的")
        verbose_name_plural = _("处理目的")
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_consent=True, basis=Basis.CONSENT)
                | (Q(needs_consent=False) & ~Q(basis=Basis.CONSENT)),
                name="consent_is_asked_where_it_is_the_basis",
            ),
            models.CheckConstraint(
                condition=Q(core_service=False) | Q(needs_consent=False),
                name="the_core_service_never_hangs_on_consent",
            ),
        ]

    def __str__(self) -> str:
        language = translation.get_language() or ""
        return self.name_en if language.startswith("en") else self.name_zh
