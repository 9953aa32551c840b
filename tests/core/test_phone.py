from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phone
from core.phone import Line, Phone, PhoneInvalid, as_dialled, parse


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("sip:13812341234@10.0.0.1:5060;user=phone", "13812341234"),
        ("SIPS:+8613812341234@pbx.example", "+8613812341234"),
        ("13812341234@pbx", "13812341234"),
        (" 138-1234-1234 ", "138-1234-1234"),
        ("front-desk@pbx", "front-desk@pbx"),
    ],
)
def test_an_exchange_names_a_number_and_itself(said, number):
    assert as_dialled(said) == number


@pytest.mark.parametrize("typed", ["13812345678@139.com", "4001234567@qq.com", "sip:13812345678"])
def test_a_mailbox_is_no_telephone(typed):
    with pytest.raises(PhoneInvalid):
        parse(typed)


PREFIXES = ["", "+86", "+86 ", "86", "0086", "（+86）", "tel:+86"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("13812341234", Phone("+8613812341234", "", Line.MOBILE)),
        ("138-1234-1234", Phone("+8613812341234", "", Line.MOBILE)),
        ("１３８　１２３４　１２３４", Phone("+8613812341234", "", Line.MOBILE)),
        ("\u202d13812341234\u202c", Phone("+8613812341234", "", Line.MOBILE)),
        ("0086130-0000-0000", Phone("+8613000000000", "", Line.MOBILE)),
        ("8613812341234", Phone("+8613812341234", "", Line.MOBILE)),
        ("19912341234", Phone("+8619912341234", "", Line.MOBILE)),
        ("010-62345678", Phone("+861062345678", "", Line.LANDLINE)),
        ("（０１０）６２３４５６７８", Phone("+861062345678", "", Line.LANDLINE)),
        ("0571 8888 8888", Phone("+8657188888888", "", Line.LANDLINE)),
        ("021-62345678转801", Phone("+862162345678", "801", Line.LANDLINE)),
        ("021-62345678 转分机：801", Phone("+862162345678", "801", Line.LANDLINE)),
        ("021-62345678-801", Phone("+862162345678", "801", Line.LANDLINE)),
        ("(021) 6234 5678-801", Phone("+862162345678", "801", Line.LANDLINE)),
        ("400-812-3456", Phone("+864008123456", "", Line.OTHER)),
        ("+852 2123 4567", Phone("+85221234567", "", Line.LANDLINE)),
        ("+44 20 7946 0958", Phone("+442079460958", "", Line.LANDLINE)),
    ],
)
def test_numbers_as_people_write_them(typed, read):
    assert phone.parse(typed) == read
    assert phone.normalise(typed) == read.e164


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_missing"),
        (" 　\u200b", "phone_missing"),
        ("1381234123", "phone_too_short"),
        ("110", "phone_too_short"),
        ("95588", "phone_too_short"),
        ("138123412345", "phone_too_long"),
        ("1" * 41, "phone_too_long"),
        ("0" * 5000, "phone_too_long"),
        ("62345678", "phone_needs_area_code"),
        ("23812341234", "phone_not_in_use"),
        ("12012341234", "phone_not_in_use"),
        ("+44 20 7946", "phone_too_short"),
        ("+999 1234567", "phone_invalid"),
        ("没有电话", "phone_invalid"),
        ("138123ABCDE", "phone_invalid"),
        ("13812341234x", "phone_invalid"),
        ("13812341234,13912341234", "phone_invalid"),
        ("+", "phone_invalid"),
    ],
)
def test_what_cannot_be_called_is_refused_with_its_reason(typed, code):
    with pytest.raises(PhoneInvalid) as refusal:
        phone.parse(typed)
    assert refusal.value.code == code


def test_a_refusal_never_repeats_the_number():
    with pytest.raises(PhoneInvalid) as refusal:
        phone.parse("+999 1234567")
    assert "1234567" not in repr(refusal.value)
    assert refusal.value.__cause__ is None


mobiles = st.from_regex(r"1(3[0-9]|5[0-35-9]|8[0-9])[0-9]{8}", fullmatch=True)


@given(mobiles, st.sampled_from(PREFIXES), st.sampled_from(["", " ", "-"]))
def test_every_spelling_of_a_mobile_is_one_number(mobile, prefix, gap):
    typed = f"{prefix}{mobile[:3]}{gap}{mobile[3:7]}{gap}{mobile[7:]}"
    assert phone.parse(typed) == Phone(f"+86{mobile}", "", Line.MOBILE)


@given(mobiles)
def test_normalising_twice_changes_nothing(mobile):
    once = phone.normalise(mobile)
    assert phone.normalise(once) == once
    assert phone.normalise(phone.display(once)) == once


@given(st.text(max_size=50))
def test_any_text_is_either_a_number_or_refused(text):
    try:
        read = phone.parse(text)
    except PhoneInvalid:
        return
    assert read.e164.startswith("+")
    assert read.e164[1:].isdigit()


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+8613812341234", "138 1234 1234"),
        ("+861062345678", "010 6234 5678"),
        ("+442079460958", "+44 20 7946 0958"),
    ],
)
def test_display(e164, shown):
    assert phone.display(e164) == shown
