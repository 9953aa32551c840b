from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.actors import Actor
from residents.services import devices

SCHEME = b"bearer"


@dataclass(frozen=True, slots=True)
class ResidentUser:
    """Who a device token stands for. No row of the user model: residents are not staff."""

    subject_id: UUID
    device_id: int
    asked_at: datetime

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    pk: ClassVar[None] = None

    @property
    def actor(self) -> Actor:
        return Actor.reporter(self.subject_id)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Permissions belong to posts; a resident's rights are `visible_to` and the policies."""
        return False


class DeviceTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` of a resident's device."""

    def authenticate(self, request: Request) -> tuple[ResidentUser, str] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != SCHEME:
            return None
        if len(parts) != 2:
            raise _refused()
        token = parts[1].decode("ascii", "replace")
        device = devices.authenticate(token)
        if device is None:
            raise _refused()
        return ResidentUser(device.subject_id, device.device_id, device.asked_at), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _refused() -> AuthenticationFailed:
    return AuthenticationFailed(_("登录已失效，请重新登录。"), code="token_refused")


class DeviceTokenScheme(OpenApiAuthenticationExtension):
    target_class = DeviceTokenAuthentication
    name = "deviceToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Token of a resident's device, from POST /api/v1/auth/token.",
        }
