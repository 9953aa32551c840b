from __future__ import annotations

from core.api.schema import both
from privacy.rights.api import views

urlpatterns = [
    *both("purposes", views.PurposesView, "privacy-purposes"),
    *both("policies", views.PolicyView, "privacy-policies"),
    *both("consents", views.ConsentsView, "privacy-consents"),
    *both("requests", views.RequestsView, "privacy-requests"),
    *both("requests/<uuid:public_id>", views.RequestView, "privacy-request"),
    *both("requests/<uuid:public_id>/code", views.RequestCodeView, "privacy-request-code"),
    *both("requests/<uuid:public_id>/verify", views.RequestVerifyView, "privacy-request-verify"),
]
