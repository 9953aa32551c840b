"""Who does something. An actor is a plain value; permissions are asked of `organisation.access`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    STAFF = "staff", _("员工")
    REPORTER = "reporter", _("报事人")
    MACHINE = "machine", _("设备或外部系统")
    SYSTEM = "system", _("系统")


@dataclass(frozen=True, slots=True)
class Actor:
    """The doer of a service call.

    `subject_id` is known while a resident acts and is never written to an event: an event says
    "reporter" (docs/adr/0002). `ticket_id` stands for a reporter nobody knows, who has shown the
    follow-up code of this one ticket.
    """

    kind: ActorKind
    staff_id: int | None = None
    machine_id: int | None = None
    subject_id: UUID | None = None
    ticket_id: int | None = None

    @property
    def unnamed(self) -> bool:
        """A reporter who does not say who they are."""
        return self.kind is ActorKind.REPORTER and self.subject_id is None

    @classmethod
    def staff(cls, staff_id: int) -> Actor:
        return cls(ActorKind.STAFF, staff_id=staff_id)

    @classmethod
    def reporter(cls, subject_id: UUID) -> Actor:
        return cls(ActorKind.REPORTER, subject_id=subject_id)

    @classmethod
    def code_holder(cls, ticket_id: int) -> Actor:
        return cls(ActorKind.REPORTER, ticket_id=ticket_id)

    @classmethod
    def machine(cls, machine_id: int) -> Actor:
        return cls(ActorKind.MACHINE, machine_id=machine_id)


SYSTEM = Actor(ActorKind.SYSTEM)
#: a reporter who does not say who they are
NOBODY = Actor(ActorKind.REPORTER)
