from __future__ import annotations

from django.urls import path

from console.views import callers, escalated, intake, notices, sign_in, tickets, work, workbench

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
    path("notices/", notices.notices, name="notices"),
]
