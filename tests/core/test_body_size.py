"""What is announced as too large is refused before any of it is read."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.body_size import BodySizeMiddleware

CODE = "/api/v1/auth/otp/"


@pytest.fixture(autouse=True)
def _small(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    settings.FILES_MAX_BYTES = 4_000


def test_a_body_of_the_api(client):
    answer = client.post(CODE, {"phone": "1" * 1_000}, content_type="application/json")
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"


@pytest.mark.django_db
def test_a_body_that_fits_is_read(client):
    answer = client.post(CODE, {"phone": "1" * 900}, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("kind", "length", "status"),
    [
        ("multipart/form-data; boundary=x", 5_000, 200),
        ("multipart/form-data; boundary=x", 5_001, 413),
        ("application/x-www-form-urlencoded", 1_000, 200),
        ("application/x-www-form-urlencoded", 1_001, 413),
        ("", "", 200),
    ],
)
def test_a_form_may_bring_files(rf, kind, length, status):
    def page(request):
        return type("Answer", (), {"status_code": 200})

    request = rf.generic("POST", "/sign-in/", b"x", kind, CONTENT_LENGTH=str(length))
    assert BodySizeMiddleware(page)(request).status_code == status


def test_a_page_says_it_in_words(client):
    file = SimpleUploadedFile("x.jpg", b"0" * 6_000)
    answer = client.post("/integrity/", {"photos": [file]})
    assert (answer.status_code, answer.content.decode()) == (413, "发送的内容过大。")
