"""Settings that have pages of their own: promises, rules, calendars."""

import pytest

from complaints.enums import ClockKind
from complaints.models import Policy, RoutingRule
from complaints.services import policy_versions, recomputation, rules
from core.actors import SYSTEM
from organisation.models import Unit
from tests.console.conftest import Browser
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db

AT = "/console/settings/"
CODE = "complaint_ordinary"


@pytest.fixture
def keeper(people):
    return Browser(people.administrator)


def promises(**changes):
    """The form of the shipped policy as it stands, with changes."""
    values = {}
    for kind in ClockKind:
        values[f"{kind}-minutes"], values[f"{kind}-basis"] = "", "wall"
    values |= {
        "acknowledge-minutes": 5,
        "first_response-minutes": 60,
        "first_response-basis": "working",
        "resolve-minutes": 900,
        "resolve-basis": "working",
        "resolve-0-when": "percent",
        "resolve-0-number": 80,
        "resolve-0-effect": "inform",
        "resolve-1-when": "after",
        "resolve-1-number": 0,
        "resolve-1-effect": "inform",
    }
    return values | changes


class TestPolicies:
    def test_they_are_listed_with_what_they_promise(self, keeper, company):
        page = keeper.open(AT)
        assert "投诉" in page
        assert "3 个工作日" in page
        assert "工作时间 1 小时" in page

    def test_one_shows_its_ladder_and_versions(self, keeper, company):
        page = keeper.open(f"{AT}policies/{CODE}/")
        assert "已过 80%" in page
        assert "制定新版本" in page

    def test_an_unknown_one_is_not_there(self, keeper, company):
        for part in ("", "edit/", "preview/"):
            assert keeper.open(f"{AT}policies/nothing/{part}").status == 404

    def test_a_new_version_is_prepared_looked_at_and_applied(self, keeper, company):
        ticket = make_ticket(company)
        sent = keeper.send(f"{AT}policies/{CODE}/edit/", **promises())
        assert sent.url.endswith("/preview/")
        page = keeper.open(sent.url)
        assert "未结工单" in page
        assert "现在生效" in page
        assert Policy.objects.get(code=CODE, version=2).effective_from is None

        unread = keeper.send(sent.url, scope="open")
        assert unread.status == 422
        assert "请先核对影响" in unread

        done = keeper.send(sent.url, scope="open", looked="on")
        assert done.url == f"{AT}policies/{CODE}/"
        assert Policy.objects.get(code=CODE, version=2).moves_open_clocks
        assert recomputation.run() == 1
        ticket.refresh_from_db()
        assert ticket.policy.version == 2
        assert "已重算的工单" in keeper.open(AT)

    def test_for_new_tickets_alone(self, keeper, company):
        policy_versions.prepare(
            CODE, *parts(), actor=SYSTEM, at=Policy.objects.first().effective_from
        )
        keeper.send(f"{AT}policies/{CODE}/preview/", scope="new", looked="on")
        assert not Policy.objects.get(code=CODE, version=2).moves_open_clocks
        assert recomputation.pending() == []

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"resolve-minutes": ""}, "请填写时长"),
            ({"resolve-1-number": ""}, "请填写数值"),
            ({"resolve-0-number": 120}, "百分比应在 1 至 99 之间"),
            ({"resolve-0-when": "after", "resolve-0-number": 90}, "后一级不能早于前一级"),
            ({"resolve-0-when": "after", "resolve-0-number": 0}, "0 级是到期前的提醒"),
            ({"resolve-1-when": "percent", "resolve-1-number": 90}, "0 级是到期前的提醒"),
            (
                {
                    "call_back-minutes": 60,
                    "call_back-1-when": "after",
                    "call_back-1-number": 0,
                    "call_back-1-effect": "take_over",
                },
                "超时只能告知",
            ),
        ],
    )
    def test_a_mistake_is_said_and_nothing_typed_is_lost(self, keeper, company, changes, words):
        page = keeper.send(f"{AT}policies/{CODE}/edit/", **promises(**changes))
        assert page.status == 422
        assert words in page
        assert 'value="900"' in page or "resolve-minutes" in changes
        assert policy_versions.draft_of(CODE) is None

    def test_a_ladder_leads_to_nobody_who_could_not_open_what_reaches_them(self, keeper, company):
        sent = promises(**{"resolve-1-role": company.engineer.role_id})
        page = keeper.send(f"{AT}policies/{CODE}/edit/", **sent)
        assert page.status == 422
        assert "此岗位不能接收升级上报" in page
        sent = promises(**{"resolve-1-role": company.manager.role_id})
        assert keeper.send(f"{AT}policies/{CODE}/edit/", **sent).status == 302

    def test_a_prepared_one_can_be_given_up(self, keeper, company):
        keeper.send(f"{AT}policies/{CODE}/edit/", **promises())
        keeper.send(f"{AT}policies/{CODE}/discard/")
        assert policy_versions.draft_of(CODE) is None

    def test_of_two_editors_the_second_is_told_and_loses_nothing(self, keeper, company):
        there = f"{AT}policies/{CODE}/"
        seen = keeper.open(f"{there}edit/").context["tag"]
        keeper.send(f"{there}edit/", seen=seen, **promises())
        looked = keeper.open(f"{there}preview/").context["tag"]
        late = keeper.send(f"{there}edit/", seen=seen, **promises(**{"resolve-minutes": 901}))
        assert late.status == 412
        assert "刚刚被他人更改" in late
        assert 'value="901"' in late
        keeper.send(f"{there}edit/", seen=looked, **promises(**{"resolve-minutes": 902}))
        applied = keeper.send(f"{there}preview/", seen=looked, scope="open", looked="on")
        assert applied.status == 412
        given_up = keeper.post(f"{there}discard/", {"seen": looked}, follow=True)
        assert "刚刚被他人更改" in given_up.content.decode()
        draft = policy_versions.draft_of(CODE)
        assert 902 in [row.duration_minutes for row in draft.durations.all()]

    def test_a_form_that_is_put_right_says_what_was_read_when_it_was_begun(self, keeper):
        there = f"{AT}policies/{CODE}/edit/"
        seen = keeper.open(there).context["tag"]
        keeper.send(there, seen=seen, **promises())
        wrong = keeper.send(there, seen=seen, **promises(**{"resolve-minutes": "x"}))
        assert wrong.status == 422
        late = keeper.send(there, seen=wrong.context["tag"], **promises(**{"resolve-minutes": 901}))
        assert late.status == 412

    def test_a_regional_administrator_reads_and_changes_nothing(self, company):
        regional = Browser(make_post("administrator", company.region).holder)
        assert regional.open(AT).status == 200
        assert regional.send(f"{AT}policies/{CODE}/edit/", **promises()).status == 403

    def test_who_does_not_keep_the_desk_has_no_settings(self, manager, company):
        for part in ("", "routing/", "calendar/", f"policies/{CODE}/"):
            assert manager.open(AT + part).status == 403


def parts():
    policy = Policy.objects.prefetch_related("durations", "ladder").get(code=CODE, version=1)
    durations, ladder = list(policy.durations.all()), list(policy.ladder.all())
    for row in (*durations, *ladder):
        row.pk = None
    return durations, ladder


class TestRules:
    def places(self):
        return [rule.pk for rule in rules.in_order()]

    def test_they_are_shown_in_their_order(self, keeper, company):
        page = keeper.open(f"{AT}routing/")
        assert "所有工单（兜底）" in page
        assert "没有兜底规则" not in page

    def test_a_new_one_goes_before_what_catches_all_and_counts_at_once(self, keeper, company):
        answer = keeper.send(
            f"{AT}routing/new/", kind="repair", category_code="noise", policy_code="safety"
        )
        assert answer.url == f"{AT}routing/"
        made, last = rules.in_order()[-2:]
        assert (made.category_code, last.policy_code) == ("noise", "complaint_ordinary")

    def test_it_moves_up_and_down(self, keeper, company):
        first, second, *rest = self.places()
        keeper.send(f"{AT}routing/{second}/up/")
        assert self.places() == [second, first, *rest]
        keeper.send(f"{AT}routing/{second}/down/")
        keeper.send(f"{AT}routing/{first}/up/")
        assert self.places() == [first, second, *rest]

    def test_the_last_that_catches_all_stays(self, keeper, company):
        last = rules.in_order()[-1]
        page = keeper.post(f"{AT}routing/{last.pk}/remove/", follow=True).content.decode()
        assert "至少要有一条适用于所有工单的规则" in page
        narrowed = keeper.send(
            f"{AT}routing/{last.pk}/", kind="complaint", policy_code=last.policy_code
        )
        assert narrowed.status == 422
        assert rules.in_order()[-1] == last

    def test_another_one_goes(self, keeper, company):
        first = self.places()[0]
        keeper.send(f"{AT}routing/{first}/remove/")
        assert not RoutingRule.objects.filter(pk=first).exists()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"unit": "nowhere"}, "没有这个组织单元"),
            ({"policy_code": "nothing"}, "选择一个有效的选项"),
        ],
    )
    def test_a_mistake_is_said_beside_its_field(self, keeper, company, changes, words):
        values = {"policy_code": "safety", "kind": "repair", **changes}
        page = keeper.send(f"{AT}routing/new/", **values)
        assert page.status == 422
        assert words in page

    def test_a_unit_is_looked_for_and_named_by_the_way_to_it(self, keeper, company):
        shown = "R1 / C1 / X1 · X1"
        page = keeper.open(f"{AT}routing/new/").text
        assert '<option value="R1' not in page
        assert f'hx-get="{AT}units/"' in page
        for typed in (shown, "X1", " X1 "):
            values = {"policy_code": "safety", "kind": "repair", "unit": typed}
            assert keeper.send(f"{AT}routing/new/", **values).status == 302
            made = rules.in_order()[-2]
            assert made.unit == company.community
        assert (
            f'value="{shown}"' in keeper.open(f"{AT}routing/{made.pk}/").text.split("<datalist")[0]
        )
        keeper.send(f"{AT}routing/{made.pk}/", policy_code="safety", kind="repair", unit="")
        assert RoutingRule.objects.get(pk=made.pk).unit is None

    def test_by_a_part_of_its_name_or_its_initials_too(self, keeper, company):
        Unit.objects.filter(pk=company.community.pk).update(name="江岸花园", initials="jahy")
        Unit.objects.filter(pk=company.far_community.pk).update(name="江岸水岸", initials="jasa")
        for typed in ("花园", "jah", "江岸花园"):
            values = {"policy_code": "safety", "kind": "repair", "unit": typed}
            assert keeper.send(f"{AT}routing/new/", **values).status == 302
            assert rules.in_order()[-2].unit == company.community

    def test_of_several_that_fit_all_are_named_and_nothing_is_lost(self, keeper, company):
        Unit.objects.filter(pk__in=[company.community.pk, company.far_community.pk]).update(
            name="江岸花园"
        )
        values = {"policy_code": "safety", "kind": "repair", "unit": "江岸花园"}
        page = keeper.send(f"{AT}routing/new/", **values)
        assert page.status == 422
        assert "请写全：R1 / C1 / 江岸花园 · X1、R2 / 江岸花园 · X3" in page
        assert 'value="江岸花园"' in page

    def test_of_two_editors_the_second_is_told_and_loses_nothing(self, keeper, company):
        first = rules.in_order()[0]
        seen = keeper.open(f"{AT}routing/new/").context["tag"]
        keeper.send(f"{AT}routing/{first.pk}/down/", seen=seen)
        values = {"policy_code": "safety", "kind": "repair", "category_code": "noise"}
        page = keeper.send(f"{AT}routing/new/", seen=seen, **values)
        assert page.status == 412
        assert "刚刚被他人更改" in page
        assert '<option value="noise" selected>' in page
        late = keeper.post(f"{AT}routing/{first.pk}/remove/", {"seen": seen}, follow=True)
        assert "刚刚被他人更改" in late.content.decode()
        assert RoutingRule.objects.filter(pk=first.pk).exists()
        again = keeper.send(f"{AT}routing/new/", seen=page.context["tag"], **values)
        assert again.status == 302

    def test_a_role_that_cannot_handle_is_refused(self, keeper, company):
        from organisation.models import Role

        officer = Role.objects.get(code="privacy_officer")
        page = keeper.send(f"{AT}routing/new/", role=officer.pk, policy_code="safety")
        assert "此岗位没有处理工单的权限" in page


class TestTheDryRun:
    THERE = f"{AT}routing/try/"

    def described(self, **changes):
        return {
            "kind": "complaint", "category": "noise", "channel": "hotline", "community": "X1",
        } | changes  # fmt: skip

    def test_says_which_rule_who_and_when(self, keeper, company):
        page = keeper.open(self.THERE, **self.described())
        assert str(company.steward) in page
        assert company.steward.holder.name in page
        assert "前面的规则为什么不适用" in page

    def test_of_a_ticket_in_reach(self, company):
        ticket = make_ticket(company)
        dispatcher = Browser(company.dispatcher.holder)
        page = dispatcher.open(self.THERE, reference=ticket.reference)
        assert str(company.steward) in page

    def test_who_sees_no_tickets_is_not_asked_for_one(self, company, keeper):
        assert 'name="reference"' in Browser(company.dispatcher.holder).open(self.THERE)
        assert 'name="reference"' not in keeper.open(self.THERE)
        page = keeper.open(self.THERE, reference=make_ticket(company).reference)
        assert page.status == 422
        assert company.steward.holder.name not in page

    def test_a_named_dispatcher_learns_nothing_of_the_complaint(self, company):
        ticket = make_ticket(company, named_staff=[company.dispatcher.holder_id])
        page = Browser(company.dispatcher.holder).open(self.THERE, reference=ticket.reference)
        assert "没有这个工单" in page

    def test_asks_for_what_is_missing(self, keeper, company):
        page = Browser(company.dispatcher.holder).open(self.THERE, kind="complaint")
        assert page.status == 422
        assert "请填写，或在上面填工单号" in page
        alone = keeper.open(self.THERE, kind="complaint")
        assert alone.status == 422
        assert "请填写“小区”" in alone
        assert "工单号" not in alone
