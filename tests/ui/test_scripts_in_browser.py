"""The small scripts, each doing its one thing on a page of the real layouts."""

import io
import re

import pytest
from django import forms
from PIL import Image
from PIL.ExifTags import GPS, IFD

from core import gallery
from core.templatetags import ui

pytestmark = pytest.mark.browser

CONSOLE = """{% extends "ui/console.html" %}{% load ui %}
{% block title %}x{% endblock %}{% block heading %}x{% endblock %}{% block content %}"""
END = "{% endblock %}"


def _page(site, body, **context):
    site.add("/", CONSOLE + body + END, **context)
    return site.open("/")


# --- keys


def test_key_presses_a_button_and_puts_the_cursor_into_a_field(site):
    page = _page(site, '<a href="#new" data-key="n">新建</a><input data-key="/" aria-label="查">')

    page.keyboard.press("n")
    page.wait_for_url("**/#new")

    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.tagName === 'INPUT'")
    assert page.get_by_label("查", exact=True).input_value() == ""


def test_keys_are_letters_while_somebody_types(site):
    page = _page(site, '<a href="#new" data-key="n">新建</a><textarea aria-label="t"></textarea>')

    page.locator("textarea").press_sequentially("nnn?")

    assert page.locator("textarea").input_value() == "nnn?"
    assert "#new" not in page.url
    assert not page.locator("#keys-help").is_visible()


def test_control_and_enter_send_the_form_one_is_writing_in(site):
    page = _page(
        site, '<form method="post" action="/sent"><textarea aria-label="t"></textarea></form>'
    )
    site.add("/sent", CONSOLE + END)

    page.keyboard.press("Control+Enter")
    assert site.posted == []

    page.locator("textarea").press("Control+Enter")
    page.wait_for_url("**/sent")
    assert site.posted == ["/sent"]


def test_keys_rest_while_a_modifier_is_held_or_a_dialog_is_open(site):
    body = '<a href="#new" data-key="n">新建</a>{% dialog "d" title="x" %}x{% enddialog %}'
    page = _page(site, body)

    page.keyboard.press("Control+n")
    page.evaluate("document.getElementById('d').showModal()")
    page.keyboard.press("n")

    assert "#new" not in page.url


def test_j_and_k_walk_the_list_and_stop_at_its_ends(site):
    links = "".join(f'<li><a href="#{n}" data-key-item>{n}</a></li>' for n in "abc")
    page = _page(site, f"<ul data-key-list>{links}</ul>")
    walked = []

    for key in "jjjjkkk":
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.textContent"))

    assert walked == ["a", "b", "c", "c", "b", "a", "a"]


@pytest.mark.parametrize("key", ["?", "？"])
def test_question_mark_of_either_keyboard_shows_the_keys_of_this_page(site, key):
    body = '<button data-key="e">升级<kbd>E</kbd></button><a hidden data-key="z">z</a>'
    page = _page(site, body)

    page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', "
                  f"{{key: '{key}', bubbles: true}}))")  # fmt: skip

    assert page.locator("#keys-help dt").all_inner_texts() == ["E", "J\nK", "Ctrl\nK", "?"]
    assert page.locator("#keys-help dd").first.inner_text() == "升级"


class Reply(forms.Form):
    visibility = forms.ChoiceField(
        choices=[("public", "答复住户"), ("internal", "内部备注")], widget=forms.RadioSelect
    )
    body = forms.CharField(widget=forms.Textarea)


def test_r_and_i_choose_the_reader_and_put_the_cursor_where_to_write(site):
    body = "<form>{% audience form.visibility then=form.body.id_for_label %}{% field form.body %}"
    page = _page(site, body + "</form>", form=Reply())

    for key, value in (("i", "internal"), ("r", "public")):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)

        assert page.locator(":checked").get_attribute("value") == value
        assert page.evaluate("document.activeElement.name") == "body"
    assert page.locator("textarea").input_value() == ""


def test_a_chord_presses_a_box_while_somebody_types(site):
    page = _page(
        site, '<textarea aria-label="t"></textarea><input type="checkbox" data-chord="z" checked>'
    )

    page.locator("textarea").press_sequentially("有人")
    page.keyboard.press("Alt+z")

    assert not page.locator("[data-chord]").is_checked()
    assert page.locator("textarea").input_value() == "有人"
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


# --- photos


def _photograph():
    """A 3,000 px picture, lying on its side, that knows where it was taken."""
    image = Image.new("RGB", (3000, 2000), "red")
    image.paste("blue", (0, 0, 1500, 2000))
    exif = image.getexif()
    exif[0x0112] = 6  # turn by 90 degrees to look at it
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (31.0, 14.0, 0.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": out.getvalue()}


SENT = """async input => Promise.all([...input.files].map(
    async file => [file.name, [...new Uint8Array(await file.arrayBuffer())]]))"""


def _picker(site):
    return _page(site, "<form>{% field form.photos %}</form>", form=gallery.sample_form())


def test_photo_is_shrunk_turned_and_forgets_where_it_was_taken(site):
    page = _picker(site)
    photo = _photograph()
    assert b"Exif" in photo["buffer"]

    page.locator("input[type=file]").set_input_files([photo])
    page.locator("canvas").wait_for()
    [[name, content]] = page.locator("input[type=file]").evaluate(SENT)
    image = Image.open(io.BytesIO(bytes(content)))

    assert name == "IMG_1.jpg"
    assert image.size == (1067, 1600)
    assert dict(image.getexif()) == {}
    assert b"Exif" not in bytes(content)
    top, bottom = image.getpixel((500, 100)), image.getpixel((500, 1500))
    assert (top[2] > 200, bottom[0] > 200) == (True, True)
    assert site.complaints == []


def test_photo_can_be_taken_out_again(site):
    page = _picker(site)
    page.locator("input[type=file]").set_input_files([_photograph()])

    page.get_by_role("button", name=re.compile("移除这张照片")).click()

    assert page.locator("input[type=file]").evaluate("input => input.files.length") == 0
    assert page.locator("canvas").count() == 0


def test_photos_are_added_to_those_there_up_to_the_limit(site):
    body = """<div data-photos-box data-full="最多 %(n)s 张" data-remove="x" data-heavy="y">
    <ul data-photos-list></ul><input type="file" multiple data-photos data-photos-max="3"
    aria-label="f"><p data-photos-said></p></div>"""
    page = _page(site, body)
    picker = page.locator("input[type=file]")

    picker.set_input_files([_photograph()])
    page.locator("canvas").first.wait_for()
    picker.set_input_files([_photograph(), _photograph(), _photograph()])
    page.get_by_text("最多 3 张").wait_for()
    page.locator("canvas").nth(2).wait_for()

    assert picker.evaluate("input => input.files.length") == 3


def test_picture_this_browser_cannot_draw_goes_as_it_is(site):
    page = _picker(site)
    odd = {"name": "a.heic", "mimeType": "image/heic", "buffer": b"not a picture"}

    page.locator("input[type=file]").set_input_files([odd])
    page.get_by_text("a.heic").wait_for()
    [[name, content]] = page.locator("input[type=file]").evaluate(SENT)

    assert (name, bytes(content)) == ("a.heic", b"not a picture")


# --- clocks, dialogs, presses, display


def test_chip_runs_out_by_the_servers_clock(site):
    now = gallery.timezone.now()
    due = now + gallery.timedelta(minutes=2, seconds=30)
    chip = {"kind": "left", "label": "首响", "minutes": 2, "due_at": due}
    site.add("/", CONSOLE + "{% clock_chip chip %}" + END, chip=chip)
    page = site.context.new_page()
    page.clock.install(time=now + gallery.timedelta(hours=7))  # this device is seven hours ahead
    page.goto("http://desk.test/")
    words = page.locator(".clock [data-clock-text]")

    assert words.inner_text() == "剩 2 分"
    page.clock.fast_forward("03:00")

    assert words.inner_text() == "超时 0 分"
    assert page.locator(".clock--overdue").count() == 1


def test_browser_and_server_say_minutes_alike(site):
    counts = [0, 1, 59, 60, 80, 1439, 1440, 1500, 4559]
    page = _page(site, "")

    said = page.evaluate(
        """async counts => {
            const {span} = await import("/static/ui/js/clock.js");
            const words = document.getElementById("clock-words").dataset;
            return counts.map(count => span(count, words));
        }""",
        counts,
    )

    assert said == [ui.minutes(count) for count in counts]


DIALOG = """<a class="btn" href="#elsewhere" data-dialog="d">解决</a>
{% dialog "d" title="解决" %}<form><textarea aria-label="t"></textarea></form>{% enddialog %}"""


def test_dialog_opens_at_its_first_field_and_closes_by_escape(site):
    page = _page(site, DIALOG)

    page.get_by_role("link", name="解决").click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert "#elsewhere" not in page.url

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.locator("dialog#d").is_visible()


def test_dialog_with_something_typed_does_not_close_by_a_slip_of_the_mouse(site):
    page = _page(site, DIALOG)
    page.get_by_role("link", name="解决").click()

    page.locator("textarea").fill("写了很久")
    page.mouse.click(5, 5)
    assert page.locator("dialog#d").is_visible()

    page.locator("textarea").fill("")
    page.mouse.click(5, 5)
    assert not page.locator("dialog#d").is_visible()


def test_second_press_sends_nothing(site):
    site.answer_posts_with_nothing = True  # the page stays, as it does while an answer is awaited
    body = '<form method="post">{% idempotency_key %}<input name="x" aria-label="x">'
    page = _page(site, body + "<button>受理</button></form>")
    button = page.get_by_role("button", name="受理")

    with page.expect_request(lambda request: request.method == "POST"):
        button.click()
    page.evaluate("document.querySelector('.page__body form').requestSubmit()")
    page.wait_for_timeout(200)

    assert site.posted == ["/"]
    assert button.is_disabled()


def test_form_is_given_back_when_htmx_brings_an_error(site):
    body = """<form method="post" action="/" hx-post="/" hx-swap="none">{% idempotency_key %}
    <button>受理</button></form>"""
    page = _page(site, body)
    button = page.get_by_role("button", name="受理")

    with page.expect_response(lambda response: response.request.method == "POST"):
        button.click()
    page.locator(".page__body form:not([data-sent])").wait_for()

    assert site.posted == ["/"]
    assert button.is_enabled()


def test_theme_and_letters_change_at_once_and_last(site):
    page = _page(site, "x", viewer={"name": "陈晓"})
    page.locator("summary").click()

    page.get_by_role("button", name="深色").click()
    page.get_by_role("button", name="大字").click()
    chosen = page.evaluate("({...document.documentElement.dataset})")
    assert (chosen["theme"], chosen["type"]) == ("dark", "large")
    assert site.posted == []

    page.reload()
    kept = page.evaluate("({...document.documentElement.dataset})")
    assert (kept["theme"], kept["type"]) == ("dark", "large")


def test_good_news_leaves_and_bad_news_stays(site):
    messages = [{"level_tag": "success", "message": "已受理"}, {"level_tag": "error"}]
    site.add("/", CONSOLE + END, messages=messages)
    page = site.context.new_page()
    page.clock.install()
    page.goto("http://desk.test/")
    assert page.locator("[data-message]").count() == 2

    page.clock.fast_forward("00:10")

    assert page.locator("[data-message]").count() == 1
    page.get_by_role("button", name="关闭").click()
    assert page.locator("[data-message]").count() == 0


def test_summary_of_errors_takes_the_focus(site):
    page = _page(site, "<form>{% form_errors form %}</form>", form=gallery.faulty_form())

    assert page.evaluate("document.activeElement.className") == "form-errors"
