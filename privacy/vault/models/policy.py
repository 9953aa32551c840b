from __future__ import annotations

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from privacy.vault.enums import Application, PolicyLanguage
from privacy.vault.models.purpose import Purpose
from privacy.vault.querysets import PolicyDocumentQuerySet


class PolicyDocument(models.Model):
    """One version of a privacy policy in one language. A trigger freezes it once published.

    `legal_entity_code` is empty for the group's own policy.
    """

    application = models.CharField(_("应用"), max_length=30, choices=Application.choices)
    legal_entity_code = models.CharField(_("法人主体"), max_length=40, blank=True)
    language = models.CharField(_("语言"), max_length=10, choices=PolicyLanguage.choices)
    version = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("正文"))
    sha256 = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    purposes = models.ManyToManyField(Purpose, through="PolicyPurpose", related_name="policies")

    objects = PolicyDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("隐私政策")
        verbose_name_plural = _("隐私政策")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "legal_entity_code", "language", "version"],
                name="a_policy_version_is_written_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    sha256=Func(
                        "text",
                        template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')",
                        output_field=models.TextField(),
                    )
                ),
                name="a_policy_carries_the_hash_of_its_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_application_display()} v{self.version} ({self.language})"


class PolicyPurpose(models.Model):
    """That a policy names a purpose. `changed`: differently from the version before, in a way that
    asks for consent anew (PIPL 14(2): purpose, method or kind of data)."""

    policy = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="named_purposes")
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="named_in")
    changed = models.BooleanField(_("实质变更"), default=False)

    class Meta:
        verbose_name = _("政策所列目的")
        verbose_name_plural = _("政策所列目的")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "purpose"], name="a_policy_names_a_purpose_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.purpose_id}"
