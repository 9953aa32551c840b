from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import bigrams


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("电梯故障", ["电梯", "梯故", "故障", "障"]),
        ("电", ["电"]),
        ("电梯，电梯", ["电梯", "梯"]),
        ("B1车库WiFi坏了", ["b1", "车库", "库", "wifi", "坏了", "了"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("foo-bar_baz", ["foo", "bar", "baz"]),
        ("𠮷野家", ["𠮷野", "野家", "家"]),
        ("〇号楼", ["〇号", "号楼", "楼"]),
        ("サービス", ["サー", "ービ", "ビス", "ス"]),
        ("café Straße", ["café", "straße"]),
        ("x" * 70, ["x" * 64]),
        ("", []),
        ("！？。 \n", []),
    ],
)
def test_words(text, words):
    assert bigrams.words(text) == words


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("电梯", "'电梯'"),
        ("电梯故障", "'电梯' & '梯故' & '故障'"),
        ("障", "'障':*"),
        ("B1 车库", "'b1':* & '车库'"),
        ("电梯 电梯", "'电梯'"),
        ("", ""),
        ("'; DROP -- & | !", "'drop':*"),
        ("\\' :* <->", ""),
    ],
)
def test_query(typed, query):
    assert bigrams.query(typed) == query


def test_a_query_is_bounded():
    assert bigrams.query("".join(chr(0x4E00 + step) for step in range(500))).count("&") == 31


def test_contains_is_exact_where_pairs_are_not():
    text = "电梯里有梯故事，故障"
    assert all(word in bigrams.words(text) for word in ["电梯", "梯故", "故障"])
    assert not bigrams.contains(text, "电梯故障")
    assert bigrams.contains("３号楼电梯故障 WiFi", "wifi 电梯故障")


# --- properties ----------------------------------------------------------------------------------

chinese = st.text(st.sampled_from("电梯故障停水漏业主楼〇𠮷"), min_size=1, max_size=12)
pieces = chinese | st.sampled_from(["B12", "wifi", "，", " ", "13 "])
texts = st.lists(pieces, max_size=8).map("".join)


def matches(text, query):
    """What PostgreSQL does with our words and our query."""
    return all(
        any(fits(word, term) for word in bigrams.words(text)) for term in query.split(" & ") if term
    )


def fits(word, term):
    wanted = term.strip("':*")
    return word.startswith(wanted) if term.endswith(":*") else word == wanted


@given(texts, st.data())
def test_every_chinese_part_of_a_text_is_found(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    typed = "".join(c for c in part if c in "电梯故障停水漏业主楼〇𠮷")
    if typed and typed in text:
        assert matches(text, bigrams.query(typed))
        assert bigrams.contains(text, typed)


@given(texts, texts)
def test_what_contains_rechecks_was_let_through_by_the_query(text, typed):
    """The sieve loses nothing but words that begin inside another word of letters."""
    if bigrams.contains(text, typed) and not any(c.isascii() for c in typed):
        assert matches(text, bigrams.query(typed))


@given(st.text(max_size=60))
def test_any_text_gives_plain_words(text):
    for word in bigrams.words(text):
        assert word
        assert len(word) <= bigrams.LONGEST_WORD
        assert not set(word) & set("'\\ \x00&|!:*()<>")


def test_time_grows_with_the_length():
    def best(text):
        def once():
            begin = time.perf_counter()
            bigrams.words(text)
            return time.perf_counter() - begin

        return min(once() for _ in range(5))

    text = "".join(chr(0x4E00 + step % 5000) for step in range(4_000))
    # growing with the square would take 256 times as long; other load may triple it
    assert best(text * 16) < 64 * best(text)
