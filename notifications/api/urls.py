from __future__ import annotations

from core.api.schema import both
from notifications.api import endpoints, robots, texts, views

urlpatterns = [
    *both("webhooks", views.WebhooksView, "webhooks"),
    *both("webhooks/kinds", views.KindsView, "webhook-kinds"),
    *both("webhooks/<uuid:public_id>/rotate", views.RotateView, "webhook-rotate"),
    *both("webhooks/<uuid:public_id>/stop", views.StopView, "webhook-stop"),
    *both("webhooks/<uuid:public_id>/start", views.StartView, "webhook-start"),
    *both("webhooks/<uuid:public_id>/replay", views.ReplayView, "webhook-replay"),
    *both("webhooks/<uuid:public_id>", endpoints.WebhookView, "webhook"),
    *both("webhooks/<uuid:public_id>/try", endpoints.TryView, "webhook-try"),
    *both("webhooks/<uuid:public_id>/resend", endpoints.ResendView, "webhook-resend"),
    *both("robots", robots.RobotsView, "robots"),
    *both("robots/kinds", robots.KindsView, "robot-kinds"),
    *both("robots/<uuid:public_id>", robots.RobotView, "robot"),
    *both("robots/<uuid:public_id>/stop", robots.StopView, "robot-stop"),
    *both("robots/<uuid:public_id>/start", robots.StartView, "robot-start"),
    *both("robots/<uuid:public_id>/replay", robots.ReplayView, "robot-replay"),
    *both("robots/<uuid:public_id>/try", robots.TryView, "robot-try"),
    *both("robots/<uuid:public_id>/resend", robots.ResendView, "robot-resend"),
    *both("messages/texts", texts.TextsView, "message-texts"),
    *both(f"messages/texts/{texts.ONE}", texts.TextView, "message-text"),
    *both(f"messages/texts/{texts.ONE}/preview", texts.PreviewView, "message-text-preview"),
    *both(f"messages/texts/{texts.ONE}/revert", texts.RevertView, "message-text-revert"),
]
