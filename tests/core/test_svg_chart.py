from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.svg_chart import (
    PLOT_LEFT,
    PLOT_RIGHT,
    WIDTH,
    Column,
    ShareRow,
    interval_chart,
    stacked_bars,
)

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"ident": "r1", "title": "答复质量", "description": "各区域 95% 区间"}
ROWS = [
    ShareRow("华东区域", 0.93, 0.90, 0.95, 292),
    ShareRow("华南区域", 0.85, 0.80, 0.89, 180),
    ShareRow("西北区域", None, None, None, 0),
]
COLUMNS = [Column("2019 Q3", [40, 10]), Column("2019 Q4", [25, 0])]


def draw(rows):
    return ET.fromstring(interval_chart(rows, **NAMES))


def parts(root, tag, name):
    return [one for one in root.iter(SVG + tag) if name in one.get("class", "").split()]


def number(element, attribute):
    return float(element.get(attribute))


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it():
    root = draw(ROWS)
    assert root.get("role") == "img"
    ids = root.get("aria-labelledby").split()
    texts = {one.get("id"): one.text for one in root if one.get("id")}
    assert [texts[ident] for ident in ids] == ["答复质量", "各区域 95% 区间"]
    hints = [row.find(SVG + "title").text for row in parts(root, "g", "chart__row")]
    assert hints == [
        "华东区域: 93.0% (90.0–95.0, n=292)",
        "华南区域: 85.0% (80.0–89.0, n=180)",
        "西北区域: — (n=0)",
    ]


def test_a_point_lies_in_its_interval_and_places_are_true_to_scale():
    root = draw(ROWS)
    lines, points = parts(root, "line", "chart__interval"), parts(root, "circle", "chart__share")
    assert len(lines) == len(points) == 2

    # the scale runs from 80 to 100 %
    def x(share):
        return PLOT_LEFT + (share - 0.8) / 0.2 * (PLOT_RIGHT - PLOT_LEFT)

    for row, line, point in zip(ROWS, lines, points, strict=False):
        assert number(line, "x1") == pytest.approx(x(row.low), abs=0.3)
        assert number(point, "cx") == pytest.approx(x(row.share), abs=0.3)
        assert number(line, "x2") == pytest.approx(x(row.high), abs=0.3)
        assert number(line, "y1") == number(line, "y2") == number(point, "cy")


def test_ticks_name_the_ends_of_the_scale():
    ticks = [one.text for one in parts(draw(ROWS), "text", "chart__tick")]
    assert (ticks[0], ticks[-1]) == ("80%", "100%")


def test_a_long_label_is_shortened_and_told_in_full():
    label = "西北区域公司第二客户服务中心延安路分部"
    root = draw([ShareRow(label, 0.5, 0.4, 0.6, 9)])
    shown = parts(root, "text", "chart__label")[0].text
    assert shown.endswith("…")
    assert label.startswith(shown[:-1])
    assert parts(root, "g", "chart__row")[0].find(SVG + "title").text.startswith(label)


def test_no_rows_make_an_empty_chart():
    root = draw([])
    assert parts(root, "g", "chart__row") == []
    assert root.find(SVG + "title").text == "答复质量"


def test_stacked_parts_stand_on_each_other_and_are_true_to_scale():
    root = ET.fromstring(stacked_bars(COLUMNS, ["投诉", "报修"], **NAMES))
    first, second, third, fourth = parts(root, "rect", "chart__part")
    assert number(first, "y") == pytest.approx(number(second, "y") + number(second, "height"))
    assert number(first, "height") == pytest.approx(4 * number(second, "height"), abs=0.2)
    assert number(third, "height") == pytest.approx(number(first, "height") * 25 / 40, abs=0.2)
    assert number(fourth, "height") == 0
    feet = [number(one, "y") + number(one, "height") for one in (first, third)]
    assert feet[0] == pytest.approx(feet[1], abs=0.2)
    assert [one.find(SVG + "title").text for one in (first, second)] == [
        "2019 Q3 投诉: 40",
        "2019 Q3 报修: 10",
    ]
    assert [one.text for one in parts(root, "text", "chart__label")] == [
        "投诉",
        "报修",
        "2019 Q3",
        "2019 Q4",
    ]


def test_the_axis_of_bars_ends_at_a_round_number_above_the_highest():
    root = ET.fromstring(stacked_bars(COLUMNS, ["投诉", "报修"], **NAMES))
    assert [one.text for one in parts(root, "text", "chart__tick")] == ["0", "20", "40", "60", "80"]


def test_bars_without_columns_or_counts_are_drawn_empty():
    for columns in ([], [Column("2019 Q4", [0, 0])]):
        root = ET.fromstring(stacked_bars(columns, ["投诉", "报修"], **NAMES))
        assert all(number(one, "height") == 0 for one in parts(root, "rect", "chart__part"))


def test_a_column_needs_a_value_for_each_series():
    with pytest.raises(ValueError, match="one value per series"):
        stacked_bars([Column("2019 Q4", [1])], ["投诉", "报修"], **NAMES)


NASTY = '<script>alert("x")</script>&\'\x00\x0b\ud800'


def test_markup_in_a_label_stays_text():
    rows = [ShareRow(NASTY, 0.5, 0.4, 0.6, 9)]
    for drawn in (
        interval_chart(rows, ident='a"b', title=NASTY, description=NASTY),
        stacked_bars([Column(NASTY, [1])], [NASTY], ident="b", title=NASTY, description=NASTY),
    ):
        assert "<script" not in drawn
        root = ET.fromstring(drawn)
        assert root.find(SVG + "title").text == '<script>alert("x")</script>&\''


shares = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)


@given(st.lists(st.builds(lambda s, name: ShareRow(name, s[1], s[0], s[2], 5), shares, st.text())))
def test_any_chart_is_well_formed_inside_its_box_and_without_styles(rows):
    root = draw(rows)
    for element in root.iter():
        assert element.get("style") is None
        assert not [name for name in element.attrib if name.startswith("on")]
        for attribute in ("x", "x1", "x2", "cx"):
            assert 0 <= float(element.get(attribute, 0)) <= WIDTH


@example([[5e-324, 0, 0]], ["a", "b", "c"])
@given(
    st.lists(st.lists(st.floats(0, 1e9), min_size=3, max_size=3), max_size=8),
    st.lists(st.text(max_size=8), min_size=3, max_size=3),
)
def test_any_bars_stay_inside_their_box(values, series):
    columns = [Column(f"Q{at}", each) for at, each in enumerate(values)]
    root = ET.fromstring(stacked_bars(columns, series, **NAMES))
    for part in parts(root, "rect", "chart__part"):
        assert number(part, "y") >= 39.9
        assert number(part, "x") + number(part, "width") <= WIDTH
