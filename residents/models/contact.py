from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject
from residents.enums import ContactKind


class ContactPoint(models.Model):
    """A telephone number or e-mail address of one subject.

    The blind index is not unique: couples share a number, offices a land line. A sign-in code
    reaches only the one subject for whom `login` is set.
    """

    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="contact_points")
    kind = models.CharField(_("类型"), max_length=10, choices=ContactKind.choices)
    sealed = SealedField(max_plain_length=254)
    blind_index = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField(_("验证时间"), null=True)
    login = models.BooleanField(_("用于登录"), default=False)
    # a corrected number that signs in somebody else takes this one's place once it is proven
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("联系方式")
        verbose_name_plural = pgettext_lazy("plural", "联系方式")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "blind_index"],
                name="a_subject_holds_a_contact_once",
            ),
            models.UniqueConstraint(
                fields=["blind_index"],
                condition=Q(login=True),
                name="a_number_signs_in_one_subject",
            ),
        ]
        indexes = [models.Index(fields=["blind_index"], name="contact_blind_index")]
