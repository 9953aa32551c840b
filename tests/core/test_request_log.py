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
