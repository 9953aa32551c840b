import pytest
from django.http import HttpResponse

from core.content_policy import ContentPolicyMiddleware


def answer(rf, response):
    return ContentPolicyMiddleware(lambda request: response)(rf.get("/"))


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_every_answer_says_whose_scripts_may_run(rf, status):
    policy = answer(rf, HttpResponse(status=status))["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_an_answer_with_a_policy_of_its_own_keeps_it(rf):
    own = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})
    assert answer(rf, own)["Content-Security-Policy"] == "default-src 'none'"
