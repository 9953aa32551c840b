from __future__ import annotations

from core.api.schema import both
from quality.api import views

urlpatterns = [
    *both("rounds", views.RoundsView, "quality-rounds"),
    *both("rounds/<uuid:public_id>", views.RoundView, "quality-round"),
    *both("rounds/<uuid:public_id>/actions/<slug:step>", views.RoundStepView, "quality-round-step"),
    *both("rounds/<uuid:public_id>/report", views.ReportView, "quality-report"),
    *both("rounds/<uuid:public_id>/cases", views.CasesView, "quality-cases"),
    *both("cases/<uuid:public_id>/scores", views.ScoresView, "quality-scores"),
    *both("cases/<uuid:public_id>/absence", views.AbsenceView, "quality-absence"),
]
