"""The template tags: what a reader, a keyboard and a screen reader get from them."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from complaints import enums
from core import badges, gallery
from core.templatetags import ui


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (badges.STATES, enums.State.values),
        (badges.KINDS, enums.Kind.values),
        (badges.SEVERITIES, enums.Severity.values),
    ],
    ids=["state", "kind", "severity"],
)
def test_every_code_of_the_engine_has_a_shape(table, codes):
    assert set(codes) - set(table) == set()


def test_two_states_with_one_shape_differ_in_nothing_but_their_word():
    waiting = {code for code, look in badges.STATES.items() if look.shape == "state-paused"}

    assert {"waiting_resident", "waiting_supplier"} <= waiting
    assert badges.STATES["resolved"].shape != badges.STATES["closed"].shape


def test_state_is_said_in_word_shape_and_colour():
    html = render('{% state_badge "in_progress" "处理中" %}')

    assert "处理中" in html
    assert "#state-half" in html
    assert "sign--info" in html


def test_unknown_state_is_shown_and_not_an_error():
    assert "新状态" in render('{% state_badge "not_yet_known" "新状态" %}')


def test_badge_escapes_what_people_typed():
    assert "&lt;b&gt;" in render("{% badge typed %}", typed="<b>")


def test_icon_without_label_is_silent_and_with_label_is_named():
    assert 'aria-hidden="true"' in render('{% icon "phone" %}')
    assert 'role="img" aria-label="内部"' in render('{% icon "lock" label="内部" %}')


def test_reference_is_read_in_groups_and_copied_whole():
    html = render("{% reference 1000000013 %}")

    assert re.findall(r"<span>(\d+)</span>", html) == ["100", "000", "0013"]
    assert re.sub(r"<[^>]+>", "", html) == "1000000013"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 分"),
        (1, "1 分"),
        (59, "59 分"),
        (60, "1 小时"),
        (80, "1 小时 20 分"),
        (1439, "23 小时 59 分"),
        (1440, "1 天"),
        (1500, "1 天 1 小时"),
        (4559, "3 天 3 小时"),
        (-35, "35 分"),
    ],
)
def test_minutes_are_said_in_two_units_at_most(count, said):
    assert ui.minutes(count) == said


def test_what_is_to_come_is_said_with_its_day():
    now = timezone.now()
    assert re.search(r">(今天|明天) \d\d:\d\d<", render("{% due at %}", at=now))
    assert re.search(r">明天 \d\d:\d\d<", render("{% due at %}", at=now + timedelta(days=1)))


def test_a_form_that_asks_for_nothing_does_not_say_of_each_field_that_it_may_be_left_out():
    class Search(forms.Form):
        word = forms.CharField(label="词", required=False)

    class Filter(Search):
        asks_nothing = True

    assert "选填" in render("{% field form.word %}", form=Search())
    assert "选填" not in render("{% field form.word %}", form=Filter())


def test_moment_leaves_out_what_goes_without_saying():
    now = timezone.now()
    older = now - timedelta(days=800)

    assert re.search(r">\d\d:\d\d<", render("{% moment at %}", at=now))
    assert re.search(r">\d{4}-\d\d-\d\d \d\d:\d\d<", render("{% moment at %}", at=older))
    assert render("{% moment at %}", at=None) == "—"


CHIPS = [
    ({"kind": "left", "minutes": 80}, "剩 1 小时 20 分"),
    ({"kind": "overdue", "minutes": 35, "level": "已升级至区域负责人"}, "超时 35 分"),
    ({"kind": "paused", "minutes": 380}, "已暂停 · 余 6 小时 20 分"),
    ({"kind": "paused"}, "已暂停"),
    ({"kind": "kept"}, "按时"),
    ({"kind": "broken", "minutes": 95}, "超时 1 小时 35 分 完成"),
    ({"kind": "left", "text": "剩 2 个工作日"}, "剩 2 个工作日"),
]


@pytest.mark.parametrize(("chip", "words"), CHIPS, ids=[words for _, words in CHIPS])
def test_clock_chip_says_what_is_left(chip, words):
    assert f">{words}</span>" in render("{% clock_chip chip %}", chip=chip)


def test_clock_chip_says_who_was_told():
    html = render("{% clock_chip chip %}", chip=CHIPS[1][0])

    assert re.sub(r"<[^>]+>", "", html).strip() == "超时 35 分 · 已升级至区域负责人"


def test_only_running_clocks_tick():
    due = datetime(2026, 11, 22, 10, tzinfo=UTC)
    running = SimpleNamespace(kind="left", minutes=5, due_at=due, label="首响")
    kept = SimpleNamespace(kind="kept", due_at=due)

    assert "data-due=" in render("{% clock_chip chip %}", chip=running)
    assert "data-due=" not in render("{% clock_chip chip %}", chip=kept)


def test_internal_entry_is_set_apart_by_word_lock_and_tint():
    internal = {"visibility": "internal", "author": "李强", "at": timezone.now(), "body": "内情"}
    public = {**internal, "visibility": "public"}

    html = render("{% timeline entries %}", entries=[internal])

    assert "entry--internal" in html
    assert "#lock" in html
    assert ">内部<" in re.sub(r"<svg.*?</svg>", "", html)
    assert "内部" not in render("{% timeline entries %}", entries=[public])


def test_timeline_escapes_what_people_typed():
    entry = {"visibility": "public", "author": "周敏", "at": timezone.now(), "body": "<script>x"}

    assert "<script>" not in render("{% timeline entries %}", entries=[entry])


def test_ladder_says_where_it_stands():
    html = render("{% ladder steps %}", steps=gallery.steps(timezone.now()))

    current = re.findall(r'aria-current="step".*?ladder__label">([^<]+)<', html, re.DOTALL)
    assert current == ["区域客服负责人"]
    assert html.count("ladder__step--done") == 2
    assert html.count("ladder__step--next") == 2


def test_stepper_says_the_step_in_words():
    html = render("{% stepper labels 2 %}", labels=["什么事", "在哪里", "说一说"])

    assert "第 2 步，共 3 步" in html
    assert html.count('aria-current="step"') == 1


def test_error_and_help_are_tied_to_their_field():
    html = render("{% field form.phone %}", form=gallery.faulty_form())

    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html).group(1).split()
    assert 'aria-invalid="true"' in html
    assert {f'id="{name}"' for name in described} <= set(re.findall(r'id="[^"]+"', html))
    assert len(described) == 2
    assert 'value="1381234"' in html


def test_hint_is_tied_to_its_field():
    html = render('{% field form.body hint="什么时候" %}', form=gallery.sample_form())

    assert 'aria-describedby="whole_body_helptext"' in html
    assert 'id="whole_body_helptext">什么时候<' in html


def test_group_of_choices_has_a_legend_and_a_description():
    html = render("{% field form.kind %}", form=gallery.faulty_form())

    assert re.search(r'<fieldset[^>]*aria-describedby="faulty_kind_error"', html)
    assert re.search(r"<legend[^>]*>哪一类", html)


def test_summary_of_errors_links_to_each_field():
    html = render("{% form_errors form %}", form=gallery.faulty_form())

    assert re.findall(r'href="#([^"]+)"', html) == [
        "faulty_phone",
        "faulty_category",
        "faulty_kind_0",
    ]
    assert "有 3 处需要改正" in html
    assert render("{% form_errors form %}", form=gallery.sample_form()).strip() == ""


def test_stars_are_radio_buttons_with_words():
    html = render("{% stars form.score %}", form=gallery.sample_form())

    assert re.findall(r'type="radio"[^>]*value="(\d)"', html) == list("12345")
    assert "很满意" in html


def test_photo_field_is_marked_for_shrinking():
    html = render("{% field form.photos %}", form=gallery.sample_form())

    assert "data-photos" in re.search(r"<input[^>]*type=\"file\"[^>]*>", html).group()


def test_each_rendering_has_its_own_idempotency_key():
    first, second = render("{% idempotency_key %}"), render("{% idempotency_key %}")

    assert 'name="idempotency_key"' in first
    assert first != second


def test_box_keeps_its_contents_and_escapes_its_title():
    html = render("{% panel title=title %}<b>里面</b>{% endpanel %}", title="<i>")

    assert "<b>里面</b>" in html
    assert "&lt;i&gt;" in html


def test_dialog_is_named_by_its_title():
    html = render('{% dialog "resolve" title="办结" %}x{% enddialog %}')

    assert '<dialog class="dialog" id="resolve" aria-labelledby="resolve-title">' in html
    assert re.search(r'id="resolve-title">办结<', html)


def test_pager_offers_only_the_ways_there_are():
    html = render('{% pager following="?after=9" summary="第 1–50 条" %}')

    assert 'rel="next" href="?after=9"' in html
    assert 'rel="prev"' not in html


def test_interval_chart_is_a_table_with_the_figures_in_words():
    html = render("{% interval_chart rows reference=0.931 %}", rows=gallery.INTERVALS)

    assert "94.7%" in html
    assert "91.2%–96.9%" in html
    assert html.count("<circle") == 3
    assert html.count("reference-line") == 3


def test_component_speaks_the_language_of_the_page():
    with translation.override("en"):
        assert ui.minutes(0).startswith("0")
        html = render("{% timeline entries %}", entries=gallery.entries(timezone.now()))
    assert "entry--internal" in html
