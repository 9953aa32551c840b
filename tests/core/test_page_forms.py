"""A form sent twice acts once, and a refusal stands where it belongs."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, LimitReached
from core.pages import refusals
from core.pages.once import done_once
from tests.factories import A_MORNING

ACTOR, OTHER = Actor.staff(1), Actor.staff(2)


class Acts:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return f"thing {self.count}"


def send(act, actor=ACTOR, what="reply", **said):
    said.setdefault("idempotency_key", "k1")
    request = RequestFactory().post("/", said)
    return done_once(request, what, act, actor=actor, at=A_MORNING)


@pytest.mark.django_db
class TestOnce:
    def test_the_second_sending_gets_the_first_answer(self):
        act = Acts()
        assert [send(act, text="a"), send(act, text="a")] == ["thing 1", "thing 1"]
        assert act.count == 1

    def test_a_fresh_token_or_draft_makes_it_no_other_form(self):
        act = Acts()
        send(act, text="a", csrfmiddlewaretoken="x", draft="1")
        send(act, text="a", csrfmiddlewaretoken="y", draft="2")
        assert act.count == 1

    def test_other_words_under_the_same_key_are_refused(self):
        act = Acts()
        send(act, text="a")
        with pytest.raises(InvalidInput, match="已经提交过"):
            send(act, text="b")
        assert act.count == 1

    def test_another_photo_is_other_contents(self):
        act = Acts()
        send(act, photo=SimpleUploadedFile("a.jpg", b"one"))
        assert send(act, photo=SimpleUploadedFile("b.jpg", b"one")) == "thing 1"
        with pytest.raises(InvalidInput):
            send(act, photo=SimpleUploadedFile("a.jpg", b"two"))

    def test_keys_of_others_and_of_other_acts_are_apart(self):
        act = Acts()
        send(act)
        send(act, actor=OTHER)
        send(act, what="note")
        assert act.count == 3

    def test_without_a_key_each_sending_acts(self):
        act = Acts()
        send(act, idempotency_key="")
        send(act, idempotency_key="")
        assert act.count == 2

    def test_what_was_refused_may_be_sent_again(self):
        def refuse():
            raise InvalidTransition

        with pytest.raises(InvalidTransition):
            send(refuse)
        assert send(Acts()) == "thing 1"


class Sample(forms.Form):
    body = forms.CharField()
    photos = forms.CharField(required=False)


def bound():
    form = Sample({"body": "x"})
    assert form.is_valid()
    return form


class TestRefusals:
    def test_a_field_by_its_name_here(self):
        form = bound()
        refusals.show(form, InvalidInput(fields={"photo": ["太大"]}), {"photo": "photos"})
        assert form.errors == {"photos": ["太大"]}

    def test_an_unknown_field_stands_above_the_form_or_where_one_says(self):
        error = InvalidInput(fields={"unit": ["请选择"]})
        above, beside = bound(), bound()
        refusals.show(above, error)
        refusals.show(beside, error, at="body")
        assert above.non_field_errors() == ["请选择"]
        assert beside.errors == {"body": ["请选择"]}

    def test_a_limit_says_when_it_ends(self):
        noon = dt.datetime(2026, 3, 4, 4, 0, tzinfo=dt.UTC)
        said = refusals.said(LimitReached("太频繁。", retry_at=noon))
        assert said == "太频繁（12:00 之后可以再试）"
        said = refusals.said(LimitReached("Too often.", retry_at=noon))
        assert said == "Too often（12:00 之后可以再试）"

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (InvalidInput(), 422),
            (InvalidTransition(), 409),
            (LimitReached(retry_at=A_MORNING), 429),
        ],
    )
    def test_the_answer_says_whose_mistake_it_was(self, error, status):
        assert refusals.status_of(error) == status
