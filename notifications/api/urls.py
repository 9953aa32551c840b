from __future__ import annotations

from core.api.schema import both
from notifications.api import views

urlpatterns = [
    *both("webhooks", views.WebhooksView, "webhooks"),
    *both("webhooks/kinds", views.KindsView, "webhook-kinds"),
    *both("webhooks/<uuid:public_id>/rotate", views.RotateView, "webhook-rotate"),
    *both("webhooks/<uuid:public_id>/stop", views.StopView, "webhook-stop"),
    *both("webhooks/<uuid:public_id>/start", views.StartView, "webhook-start"),
    *both("webhooks/<uuid:public_id>/replay", views.ReplayView, "webhook-replay"),
]
