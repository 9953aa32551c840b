from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.detect import (
    IDENTITY_CHECKS,
    IDENTITY_WEIGHTS,
    Kind,
    find,
    is_bank_card,
    is_identity_number,
    mask,
)

# the examples of GB 11643-1999
IDENTITY_X = "11010519491231002X"
IDENTITY = "440524188001010014"
CARD = "6222021234567890128"


def found(text):
    return [(text[span.start : span.end], span.kind) for span in find(text)]


@pytest.mark.parametrize("digits", [IDENTITY_X, IDENTITY])
def test_published_identity_numbers(digits):
    assert is_identity_number(digits)


@pytest.mark.parametrize(
    "digits",
    [
        "110105194912310021",  # the check is X
        "11010519491231002x",
        "440524188001010010",
        "990105194912310029",  # no such province
        "110105194913310020",  # no such month
        "110105194902300020",  # no such day
        "1101051949123100",
        "",
        "X" * 18,
    ],
)
def test_what_is_no_identity_number(digits):
    assert not is_identity_number(digits)


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        # test cards published by the schemes
        ("4111111111111111", True),
        ("5555555555554444", True),
        ("4012888888881881", True),
        ("6217000012345670", True),
        ("4111111111111112", False),
        ("0000000000000000", False),
        ("378282246310005", False),  # passes Luhn, 15 digits
        ("", False),
    ],
)
def test_bank_card(digits, valid):
    assert is_bank_card(digits) is valid


@pytest.mark.parametrize(
    ("text", "kind", "masked"),
    [
        ("13812341234", Kind.PHONE, "138****1234"),
        ("138 1234 1234", Kind.PHONE, "138 **** 1234"),
        ("138-1234-1234", Kind.PHONE, "138-****-1234"),
        ("１３８１２３４１２３４", Kind.PHONE, "１３８****１２３４"),
        ("１３８－１２３４－１２３４", Kind.PHONE, "１３８－****－１２３４"),
        ("+86 13812341234", Kind.PHONE, "+86 138****1234"),
        ("0086-138-1234-1234", Kind.PHONE, "0086-138-****-1234"),
        ("8613812341234", Kind.PHONE, "86138****1234"),
        ("013812341234", Kind.PHONE, "0138****1234"),
        ("010-62345678", Kind.PHONE, "***-****5678"),
        ("0571 8888 8888", Kind.PHONE, "**** **** 8888"),
        ("057188888888", Kind.PHONE, "********8888"),
        ("0314-2345678", Kind.PHONE, "****-***5678"),
        ("+86 10 6234 5678", Kind.PHONE, "+** ** **** 5678"),
        ("+44 20 7946 0958", Kind.PHONE, "+** ** **** 0958"),
        (IDENTITY, Kind.IDENTITY, "4****************4"),
        (IDENTITY_X, Kind.IDENTITY, "1****************X"),
        ("11010519491231002x", Kind.IDENTITY, "1****************x"),
        ("１１０１０５１９４９１２３１００２Ｘ", Kind.IDENTITY, "１****************Ｘ"),
        ("110105 19491231 002X", Kind.IDENTITY, "1***** ******** ***X"),
        (CARD, Kind.BANK_CARD, "***************0128"),
        ("6222 0212 3456 7890 128", Kind.BANK_CARD, "**** **** **** ***0 128"),
        ("4111-1111-1111-1111", Kind.BANK_CARD, "****-****-****-1111"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "我的号码是{}，请尽快联系。", "张三{}李四", "({})"])
def test_what_is_found_and_how_it_is_shown(text, kind, masked, around):
    written = around.format(text)
    assert found(written) == [(text, kind)]
    assert mask(written, find(written)) == around.format(masked)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "电梯第三次停在 12 楼",
        "2020-01-01 12:00 至 2020-02-03 18:30",
        "2020 年 1 月 1 日缴费 1380.50 元",
        "192.168.10.100",
        "工单 100 000 0005",
        "工单1000000005",
        "请致电 400-812-3456 或 95588、12345",
        "订单号 20231105123045",
        "12812341234",
        "1381234123",
        "138123412345",
        "23 幢 1 单元 1302 室",
        "110105194912310021",
        "4111111111111112",
        "6222 021234 5678 90128",
        "020-1234",
        "一三八一二三四一二三四",
        "+86",
        "x" * 50,
    ],
)
def test_what_stays_as_it_is(text):
    assert find(text) == []
    assert mask(text, []) == text


def test_several_in_one_sentence():
    text = f"我叫张三，身份证{IDENTITY_X}，电话13812341234 13912341234，卡号 {CARD}。"
    assert found(text) == [
        (IDENTITY_X, Kind.IDENTITY),
        ("13812341234", Kind.PHONE),
        ("13912341234", Kind.PHONE),
        (CARD, Kind.BANK_CARD),
    ]
    assert mask(text, find(text)) == (
        "我叫张三，身份证1****************X，电话138****1234 139****1234，"
        "卡号 ***************0128。"
    )


def test_brackets_around_an_area_code_are_no_hiding_place():
    assert found("电话（0571）88888888。") == [("0571）88888888", Kind.PHONE)]
    assert found("电话(+86)138-1234-1234") == [("+86)138-1234-1234", Kind.PHONE)]


def test_an_extension_stays_readable():
    text = "021-62345678-801"
    assert mask(text, find(text)) == "***-****5678-801"


# --- properties ----------------------------------------------------------------------------------

words = st.text(st.sampled_from("我家电梯坏了，请来修。abc \n"), max_size=12)
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
regions = st.sampled_from(["110101", "310115", "440106", "330106", "820000", "910000"])


@st.composite
def identities(draw):
    born = draw(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
    payload = f"{draw(regions)}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    total = sum(w * int(d) for w, d in zip(IDENTITY_WEIGHTS, payload, strict=True))
    return payload + IDENTITY_CHECKS[total % 11]


@st.composite
def cards(draw):
    payload = draw(st.from_regex(r"[1-9][0-9]{14,17}", fullmatch=True))
    return next(payload + digit for digit in "0123456789" if is_bank_card(payload + digit))


secrets = mobiles | identities() | cards()


@given(words, secrets, words)
def test_a_secret_between_words_is_found_whole(before, secret, after):
    text = f"{before}号{secret}，{after}"
    assert [text[span.start : span.end] for span in find(text)] == [secret]


@given(st.lists(st.tuples(words, secrets), max_size=5), words)
def test_masked_text_keeps_its_length_and_tells_no_secret(parts, end):
    text = "".join(f"{word}：{secret}；" for word, secret in parts) + end
    masked = mask(text, find(text))
    assert len(masked) == len(text)
    assert find(masked) == []
    for _, secret in parts:
        assert secret not in masked


@given(identities(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_an_identity_number_with_a_wrong_digit_is_none(number, place, digit):
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_identity_number(wrong) == (wrong == number)


@given(cards(), st.integers(0, 18), st.sampled_from("0123456789"))
def test_a_card_with_a_wrong_digit_is_none(number, place, digit):
    wrong = number[: place % len(number)] + digit + number[place % len(number) + 1 :]
    assert is_bank_card(wrong) == (wrong == number)


@given(st.text(st.sampled_from("0123456789 -+()（）Xx１２８－　我.，"), max_size=80))
def test_spans_are_in_order_apart_and_inside(text):
    seen = 0
    for span in find(text):
        assert seen <= span.start < span.end <= len(text)
        seen = span.end
    assert len(mask(text, find(text))) == len(text)


@pytest.mark.parametrize(
    "piece", ["电梯坏了，电话13812341234。", "1 ", "1-", "1" * 9 + " ", "+", "("]
)
def test_time_grows_with_the_length(piece):
    def best(text):
        def once():
            begin = time.perf_counter()
            find(text)
            return time.perf_counter() - begin

        return min(once() for _ in range(5))

    short = piece * (2_000 // len(piece))
    # growing with the square would take 256 times as long; other load may triple it
    assert best(short * 16) < 64 * best(short) + 0.001
