"""A post is a role in a unit for as long as there is one: what lies with it, and what the timeline
says of it, would otherwise be another's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from complaints.models import Ticket
from core.actors import SYSTEM
from organisation.models import Post, Role
from organisation.services import posts
from organisation.services.posts import NewPost, PostIsFixed
from tests.factories import A_MORNING, Company, make_post, make_ticket

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 4)


@pytest.fixture
def ticket(company: Company):
    return make_ticket(company)


@pytest.mark.parametrize("field", ["unit", "role"])
def test_it_becomes_no_other_one_by_the_service(company: Company, ticket, field: str):
    post = Post.objects.get(pk=company.steward.pk)
    other = {"unit": company.far_community, "role": Role.objects.get(code="inspector")}[field]
    setattr(post, field, other)
    with pytest.raises(PostIsFixed) as refused:
        posts.put(post, actor=SYSTEM, at=A_MORNING)
    assert list(refused.value.fields) == [field]
    assert "另设新岗位" in str(refused.value)
    kept = Post.objects.get(pk=post.pk)
    assert (kept.unit, kept.role.code) == (company.community, "steward")
    assert Ticket.objects.visible_to(kept.holder.actor).filter(pk=ticket.pk).exists()


def test_a_duty_post_stays_one(company: Company):
    second = make_post("duty_officer", company.group)
    second.role = Role.objects.get(code="hotline_agent")
    with pytest.raises(PostIsFixed):
        posts.put(second, actor=SYSTEM, at=A_MORNING)


def test_the_form_shows_both_and_says_what_to_do_instead(company: Company, ticket):
    client = Client()
    client.force_login(make_post("administrator", company.group).holder)
    there = f"/admin/organisation/post/{company.steward.pk}/change/"
    page = client.get(there).content.decode()
    assert 'name="unit"' not in page
    assert 'name="role"' not in page
    assert "另设新岗位" in page

    values = {
        "unit": company.far_community.pk,
        "role": Role.objects.get(code="inspector").pk,
        "holder": company.steward.holder_id,
        "valid_from": "2000-01-01",
    }
    client.post(there, values)
    kept = Post.objects.get(pk=company.steward.pk)
    assert (kept.unit, kept.role.code) == (company.community, "steward")

    new = client.get("/admin/organisation/post/add/").content.decode()
    assert 'name="unit"' in new
    assert "另设新岗位" not in new


def test_one_ends_and_another_is_made_for_the_same_person(company: Company, ticket):
    """The road that the sentence names; the work stays with the post until somebody moves it."""
    holder = company.steward.holder
    posts.end(company.steward, on=TODAY, actor=SYSTEM, at=A_MORNING)
    new = NewPost(company.other_community, "engineer", TODAY, holder=holder)
    made = posts.create(new, actor=SYSTEM, at=A_MORNING)
    assert (made.holder, made.unit) == (holder, company.other_community)
    ticket.refresh_from_db()
    assert ticket.post == company.steward
