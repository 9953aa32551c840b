"""Every component in a real browser: readable, operable, inside the screen, within the policy."""

from pathlib import Path

import pytest

from core import gallery

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor/axe-core@4.14.1/axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GALLERY = '{% extends "ui/gallery.html" %}'
PORTAL = """{% extends "ui/portal.html" %}{% load ui %}{% block title %}x{% endblock %}
{% block heading %}我的工单{% endblock %}
{% block content %}{% stepper report_steps 2 %}
{% panel title="进度" %}{% parcel parcels %}{% endpanel %}
{% field form.kind %}{% stars form.score %}{% field form.photos %}{% endblock %}"""
PANES = """{% extends "ui/console_panes.html" %}{% load ui %}{% block title %}x{% endblock %}
{% block heading %}工作台{% endblock %}
{% block pane %}ticket{% endblock %}
{% block queue %}<ul class="rows rows--narrow">{% for chip in chips %}<li class="row">
<div class="row__main"><a class="row__link" href="#">电梯停在 7 楼</a></div>
<div class="row__side">{% clock_chip chip %}{% moment now %}</div></li>
{% endfor %}</ul>{% endblock %}
{% block ticket %}<div class="pane__body"><h2>电梯停在 7 楼</h2>{% ladder steps %}
{% timeline entries %}</div>{% endblock %}
{% block context %}{% banner tone="key" title="大客户" %}x{% endbanner %}
{% endblock %}"""
DOOR = """{% extends "ui/signin.html" %}{% load ui %}{% block title %}x{% endblock %}
{% block heading %}登录{% endblock %}
{% block content %}
<form class="form">{% form_errors faulty %}{% field faulty.phone %}</form>{% endblock %}"""
LAYOUTS = {"console": GALLERY, "panes": PANES, "portal": PORTAL, "signin": DOOR}


def _open(make_site, layout, width, choices=()):
    site = make_site(width)
    site.context.add_cookies(
        [{"name": f"desk_{n}", "value": v, "url": "http://desk.test"} for n, v in choices]
    )
    site.add("/", LAYOUTS[layout], **gallery.sample())
    return site, site.open("/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_axe_finds_nothing(make_site, layout, width, theme):
    site, page = _open(make_site, layout, width, [("theme", theme)])
    assert page.evaluate("document.documentElement.dataset.theme") == theme

    page.evaluate(AXE + "; 0")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)

    assert len(found["passes"]) > 25
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert site.complaints == []


@pytest.mark.parametrize("letters", ["normal", "large"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_sticks_out_of_the_screen(make_site, layout, letters):
    _, page = _open(make_site, layout, 1440, [("type", letters)])
    sticking_out = {}

    for width in (360, 390, 820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        sticking_out[width] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert {width: px for width, px in sticking_out.items() if px > 0} == {}


CONTROLS = """() => [...document.querySelectorAll(
    "button, summary, a.btn, a.chip, .tab, .rail__item, .tabbar__item, input, select, textarea"
  )].map(e => {
    const target = e.matches("[type=checkbox], [type=radio]") ? e.closest("label") ?? e : e;
    const box = target.getBoundingClientRect();
    const after = getComputedStyle(target, "::after");
    const grown = target.matches(".btn--inline") ? parseFloat(after.inset) * -2 || 0 : 0;
    return [e.outerHTML.slice(0, 90), box.width, box.height + grown];
  }).filter(([, width, height]) => width > 0 && height > 1)"""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_thumb_hits_every_control_on_a_phone(make_site, layout):
    _, page = _open(make_site, layout, 390)

    controls = page.evaluate(CONTROLS)

    assert len(controls) > 5
    assert [c for c in controls if c[1] < 23.5 or c[2] < 43.5] == []


def test_focus_is_visible_on_every_stop_of_the_tab_key(make_site):
    _, page = _open(make_site, "console", 1440)
    page.evaluate("document.activeElement.blur()")
    unseen, stops = [], 0

    while stops < 60:
        page.keyboard.press("Tab")
        stops += 1
        shown = page.evaluate("""() => {
            const stop = document.activeElement;
            if (stop === document.body) return true;
            for (let e = stop; e && e !== document.body; e = e.parentElement) {
                const style = getComputedStyle(e);
                const drawn = style.outlineStyle !== "none";
                if (drawn && parseFloat(style.outlineWidth) >= 2) return true;
            }
            return stop.outerHTML.slice(0, 90);
        }""")
        if shown is not True:
            unseen.append(shown)

    assert unseen == []


def test_page_skips_to_its_content_by_the_first_key(make_site):
    _, page = _open(make_site, "portal", 390)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
