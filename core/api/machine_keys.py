"""`Authorization: Bearer jk_<id>_<secret>` of outside systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.actors import Actor
from core.address import client_address
from core.clock import database_now
from core.machine_secrets import MachineSecret
from core.services import machine_keys


@dataclass(frozen=True, slots=True)
class MachineUser:
    """Whom a machine key stands for. No row of the user model: machines are not staff."""

    machine_id: int

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    pk: ClassVar[None] = None

    @property
    def actor(self) -> Actor:
        return Actor.machine(self.machine_id)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own question is asked of staff alone; services ask `organisation.access`."""
        return False


class MachineKeyAuthentication(BaseAuthentication):
    """Stands before the device tokens, and leaves to them whatever is not written like a key."""

    def authenticate(self, request: Request) -> tuple[MachineUser, None] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        sent = MachineSecret.read(token.strip()) if scheme.lower() == "bearer" else None
        if sent is None:
            return None
        key = machine_keys.authenticate(sent)
        if key is None:
            machine_keys.count_failure(client_address(request), at=database_now())
            raise AuthenticationFailed(
                _("密钥不正确、已过期或已吊销。"), code="machine_key_refused"
            )
        return MachineUser(key.pk), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MachineKeyScheme(OpenApiAuthenticationExtension):
    target_class = MachineKeyAuthentication
    name = "machineKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "jk_<id>_<secret>",
            "description": (
                "Key of an outside system, issued by `manage.py machine_key issue` or in the "
                "settings, shown once. It names its actions and the units below which it may act."
            ),
        }
