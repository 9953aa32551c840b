"""The first hour of an installation: a group, and somebody who may enter the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM
from core.errors import DeskError
from organisation.enums import UnitLevel
from organisation.models import LegalEntity, Staff, Unit
from organisation.services import posts, units
from organisation.services.posts import NewPost
from organisation.services.units import NewUnit

ADMINISTRATOR = "administrator"


class CompanyExists(DeskError):
    code = "company_exists"
    message = _("已有集团，不能再建一个。")


@dataclass(frozen=True, slots=True)
class NewCompany:
    code: str
    name: str
    legal_name: str
    credit_code: str


@transaction.atomic
def found(company: NewCompany, *, administrator: Staff, duty_officer: Staff, at: datetime) -> Unit:
    """Make the group with its legal entity, its administrator and its duty post, without which no
    ticket may be taken in. Rights are posts: a superuser without one may do nothing.

    Raises CompanyExists when there is a group, and InvalidInput for what the tree cannot take.
    """
    if Unit.objects.exists():
        raise CompanyExists
    LegalEntity.objects.create(name=company.legal_name, credit_code=company.credit_code)
    group = units.add(NewUnit(company.code, company.name, UnitLevel.GROUP), actor=SYSTEM)
    today = posts.local_date(at)
    for role, holder in ((posts.DUTY_OFFICER, duty_officer), (ADMINISTRATOR, administrator)):
        posts.create(NewPost(group, role, today, holder=holder), actor=SYSTEM, at=at)
    return group
