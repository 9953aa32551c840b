"""Purposes, policies and consents by API."""

from __future__ import annotations

import hashlib

import pytest

from privacy.vault.models import ConsentEvent, PolicyDocument

pytestmark = pytest.mark.django_db

CONSENTS = "/api/v1/privacy/consents/"


@pytest.fixture
def shown():
    return PolicyDocument.objects.get(language="zh-hans").sha256


def say(client, outcome, purpose="marketing", **more):
    return client.post(CONSENTS, {"purpose": purpose, "outcome": outcome, **more})


def standing(client, purpose="marketing"):
    [row] = [row for row in client.get(CONSENTS).json() if row["purpose"] == purpose]
    return row["state"], row["may_ask"]


def test_purposes_name_their_basis(me):
    rows = {row["code"]: row for row in me.get("/api/v1/privacy/purposes/").json()}
    assert rows["ticket_handling"]["basis"] == "contract"
    assert not rows["ticket_handling"]["needs_consent"]
    assert rows["marketing"]["needs_consent"]
    assert rows["marketing"]["name"] == "商业推广"


class TestPolicy:
    def test_anybody_reads_the_one_in_force(self, client):
        body = client.get("/api/v1/privacy/policies/").json()
        assert (body["version"], body["language"]) == (1, "zh-hans")
        assert hashlib.sha256(body["text"].encode()).hexdigest() == body["sha256"]
        assert "marketing" in {purpose["code"] for purpose in body["purposes"]}

    def test_in_the_language_asked_for(self, client):
        query = {"language": "en"}
        body = client.get("/api/v1/privacy/policies/", query).json()
        assert body["text"].startswith("# Privacy policy")

    def test_an_application_without_one_is_not_found(self, client):
        answer = client.get("/api/v1/privacy/policies/", {"application": "sales_site"})
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"

    def test_an_unknown_parameter_is_named(self, client):
        answer = client.get("/api/v1/privacy/policies/", {"colour": "red"})
        assert answer.status_code == 400


class TestConsent:
    def test_agreeing_and_withdrawing_take_one_call_each(self, me, shown):
        assert standing(me) == ("not_asked", True)
        given = say(me, "granted", policy_sha256=shown)
        assert given.status_code == 201
        assert standing(me) == ("granted", False)
        assert say(me, "withdrawn").status_code == 201
        assert standing(me) == ("withdrawn", False)

    def test_the_receipt_names_policy_purpose_and_act(self, me, shown):
        receipt = say(me, "granted", policy_sha256=shown).json()
        assert receipt["metadata"]["schema_version"] == "ISO/IEC TS 27560:2023"
        assert receipt["processing"]["privacy_notice"]["sha256"] == shown
        assert [purpose["code"] for purpose in receipt["processing"]["purposes"]] == ["marketing"]
        assert receipt["event"]["state"] == "granted"
        assert receipt["event"]["evidence"]["kind"] == "click"

    def test_a_refusal_is_not_asked_again_but_can_be_changed(self, me, shown):
        say(me, "refused", policy_sha256=shown)
        assert standing(me) == ("refused", False)
        say(me, "granted", policy_sha256=shown)
        assert standing(me)[0] == "granted"

    def test_saying_it_again_gets_the_first_receipt(self, me, shown):
        first = say(me, "granted", policy_sha256=shown)
        again = say(me, "granted", policy_sha256=shown)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert ConsentEvent.objects.count() == 1

    @pytest.mark.parametrize("sha256", ["", "0" * 64])
    @pytest.mark.parametrize("outcome", ["granted", "refused"])
    def test_an_answer_needs_the_policy_that_was_shown(self, me, outcome, sha256):
        answer = say(me, outcome, policy_sha256=sha256)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "policy_sha256"
        assert not ConsentEvent.objects.exists()

    @pytest.mark.parametrize("purpose", ["ticket_handling", "nothing"])
    def test_what_does_not_rest_on_consent_cannot_be_agreed_to(self, me, shown, purpose):
        answer = say(me, "granted", purpose, policy_sha256=shown)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "purpose"

    def test_a_policy_that_does_not_name_the_purpose_is_not_enough(self, me, shown):
        assert say(me, "granted", "video_zone", policy_sha256=shown).status_code == 400

    def test_nobody_lets_a_consent_expire(self, me):
        assert say(me, "expired").status_code == 400

    def test_mine_are_not_those_of_others(self, me, neighbour, shown):
        say(me, "granted", policy_sha256=shown)
        assert standing(neighbour) == ("not_asked", True)

    def test_staff_have_no_consents_here(self, officer):
        assert officer.get(CONSENTS).status_code == 403
        assert say(officer, "withdrawn").status_code == 403
