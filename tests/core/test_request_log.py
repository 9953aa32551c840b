"""What a log says of a request."""

import pytest
from django.test import RequestFactory

from core.request_log import RequestMiddleware


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/console/workbench/?q=李四+漏水", "GET /console/workbench/"),
        (
            "/privacy/requests/0b0d9c54-5f0e-4f52-8b5c-0c6f7c2b8a11/",
            "GET /privacy/requests/<uuid:public_id>/",
        ),
        ("/李四/", "GET (no such page)"),
    ],
)
def test_it_names_the_route_and_nothing_that_was_asked(asked, said):
    assert RequestMiddleware.format_request(RequestFactory().get(asked)) == said


@pytest.mark.django_db
def test_a_request_is_one_line_that_names_it_and_who_asked(client, company, caplog):
    client.force_login(company.agent.holder)
    with caplog.at_level("INFO", logger="django_structlog"):
        client.get("/api/v1/tickets/")
    (line,) = (record.msg for record in caplog.records if "request" in record.msg)
    assert line["event"] == "request_finished"
    assert line["request"] == "GET /api/v1/tickets/"
    assert (line["code"], line["user_id"]) == (200, company.agent.holder_id)
    assert len(line["request_id"]) == 36
