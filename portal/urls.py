from __future__ import annotations

from django.urls import path

from portal.views import (
    account,
    doorway,
    home,
    new_number,
    privacy,
    report,
    requests,
    ticket_acts,
    tickets,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", doorway.phone, name="sign_in"),
    path("sign-in/code/", doorway.code, name="code"),
    path("sign-out/", doorway.sign_out, name="sign_out"),
    path("report/<slug:kind>/", report.about, name="report_about"),
    path("report/<slug:kind>/danger/", report.danger, name="report_danger"),
    path("report/<slug:kind>/<str:code>/", report.report, name="report"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/<uuid:public_id>/", tickets.ticket, name="ticket"),
    path("tickets/<uuid:public_id>/sent/", tickets.sent, name="sent"),
    path("tickets/<uuid:public_id>/do/<slug:verb>/", ticket_acts.act, name="ticket_act"),
    path("photos/<str:token>/", tickets.photo, name="photo"),
    path("policy/", privacy.policy, name="policy"),
    path("policy/<int:version>/", privacy.policy, name="policy"),
    path("privacy/", privacy.centre, name="privacy"),
    path("privacy/consents/<slug:purpose>/", privacy.turn_consent, name="consent"),
    path("privacy/seen/", privacy.seen, name="seen"),
    path("privacy/devices/", privacy.sign_out_others, name="sign_out_others"),
    path("privacy/number/", new_number.confirm, name="new_number"),
    path("privacy/number/code/", new_number.send_code, name="new_number_code"),
    path("privacy/correct/", requests.correct, name="correct"),
    path("privacy/delete/", requests.delete, name="delete"),
    path("privacy/requests/<uuid:public_id>/", requests.status, name="request_status"),
    path(
        "privacy/requests/<uuid:public_id>/certificate.json",
        requests.certificate,
        name="request_certificate",
    ),
    path("privacy/requests/<uuid:public_id>/code/", requests.send_code, name="request_code"),
    path("privacy/requests/<uuid:public_id>/verify/", requests.verify, name="request_verify"),
    path("privacy/requests/<uuid:public_id>/withdraw/", requests.withdraw, name="request_withdraw"),
    path("my/", account.account, name="account"),
    path("my/language/", account.choose_language, name="choose_language"),
    path("my/channels/", account.choose_channels, name="choose_channels"),
    path("my/notices/", account.notices, name="notices"),
]
