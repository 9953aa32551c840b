from __future__ import annotations

from django.urls import path

from console.views import (
    callers,
    escalated,
    intake,
    notices,
    privacy,
    privacy_intake,
    sign_in,
    tickets,
    work,
    workbench,
)

app_name = "console"
urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/find/", workbench.find, name="find"),
    path("workbench/communities/", workbench.communities, name="communities"),
    path("workbench/caller/", callers.choose, name="caller"),
    path("workbench/people/", callers.register, name="register"),
    path("workbench/new/", intake.new, name="new"),
    path("workbench/needs/", intake.needs, name="needs"),
    path("workbench/recorded/<str:number>/", intake.recorded, name="recorded"),
    path("tickets/<uuid:public_id>/", tickets.ticket, name="ticket"),
    path("tickets/<uuid:public_id>/history/", tickets.changes, name="history"),
    path("tickets/<uuid:public_id>/reveal/", tickets.reveal, name="reveal"),
    path("tickets/<uuid:public_id>/<slug:verb>/", tickets.act, name="act"),
    path("work/", work.work, name="work"),
    path("escalated/", escalated.escalated, name="escalated"),
    path("privacy/", privacy.requests_list, name="privacy"),
    path("privacy/new/", privacy_intake.new, name="privacy_new"),
    path("privacy/register/", privacy_intake.register, name="privacy_register"),
    path("privacy/<uuid:public_id>/", privacy.detail, name="privacy_request"),
    path("privacy/<uuid:public_id>/code/", privacy.send_code, name="privacy_code"),
    path("privacy/<uuid:public_id>/verify/", privacy.verify, name="privacy_verify"),
    path("privacy/<uuid:public_id>/plan/", privacy.plan, name="privacy_plan"),
    path("privacy/<uuid:public_id>/approve/", privacy.approve, name="privacy_approve"),
    path("privacy/<uuid:public_id>/refuse/", privacy.refuse, name="privacy_refuse"),
    path(
        "privacy/<uuid:public_id>/mentions/<int:mention_id>/",
        privacy.settle,
        name="privacy_mention",
    ),
    path("privacy/<uuid:public_id>/certificate/", privacy.certificate, name="privacy_certificate"),
    path(
        "privacy/<uuid:public_id>/certificate.json",
        privacy.certificate_json,
        name="privacy_certificate_json",
    ),
    path("notices/", notices.notices, name="notices"),
]
