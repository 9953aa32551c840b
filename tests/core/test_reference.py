from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import reference
from core.reference import ReferenceInvalid

sequences = st.integers(1, 10**17)
# characters that a keyboard, a telephone or an office suite puts between digits
gaps = st.sampled_from(["", " ", "-", "－", "　", "–", " - ", "\t"])


@pytest.mark.parametrize(
    ("payload", "digit"),
    [
        ("0794", "5"),  # the example of the standard, 07945
        # German tax identity numbers use MOD 11,10: published specimens
        ("3657426180", "9"),
        ("8609574271", "9"),
        ("4703689281", "6"),
        # Croatian personal numbers (OIB) too
        ("3339200596", "1"),
        ("6943515153", "0"),
    ],
)
def test_check_digit_agrees_with_published_numbers(payload, digit):
    assert reference.check_digit(payload) == digit


def test_check_digit_worked_by_hand():
    # 12: (10+1)%10=1, 1*2%11=2; (2+2)%10=4, 4*2%11=8; 11-8=3
    assert reference.make(12) == "123"


@given(sequences)
def test_a_reference_leads_back_to_its_sequence(sequence):
    made = reference.make(sequence)
    assert made.isascii()
    assert made.isdigit()
    assert reference.parse(made) == sequence


@given(st.integers(1, 10**12), st.data())
def test_a_reference_is_read_however_it_is_typed(sequence, data):
    made = reference.make(sequence)
    wide = made.translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    typed = "".join(
        data.draw(st.sampled_from(pair)) + data.draw(gaps) for pair in zip(made, wide, strict=True)
    )
    assert reference.parse(f" {typed} ") == sequence


@given(sequences, st.data())
def test_every_single_wrong_digit_is_noticed(sequence, data):
    made = reference.make(sequence)
    place = data.draw(st.integers(0, len(made) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != made[place]]))
    with pytest.raises(ReferenceInvalid):
        reference.parse(made[:place] + wrong + made[place + 1 :])


def test_swapped_neighbours_are_noticed_but_for_one_pair_in_forty_four():
    swapped = missed = 0
    for sequence in range(10_000, 100_000):
        made = reference.make(sequence)
        for place in range(len(made) - 1):
            if made[place] == made[place + 1]:
                continue
            other = made[:place] + made[place + 1] + made[place] + made[place + 2 :]
            swapped += 1
            missed += reference.check_digit(other[:-1]) == other[-1]
    assert missed / swapped == pytest.approx(1 / 44, rel=0.01)


def test_each_check_digit_occurs_equally_often():
    digits = [reference.make(sequence)[-1] for sequence in range(100_000, 200_000)]
    assert {digit: digits.count(digit) for digit in "0123456789"} == dict.fromkeys(
        "0123456789", 10_000
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "5", "０", "1000000006", "0100000000", "12a3", "1.23", "+123", "１２３a", "²³"]
    + ["1" * 20, "1 " * 200, "一二三", "١٢٣", "12\x003"],
)
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(ReferenceInvalid) as refusal:
        reference.parse(text)
    assert refusal.value.code == "reference_invalid"


@pytest.mark.parametrize("sequence", [0, -1])
def test_a_sequence_begins_at_one(sequence):
    with pytest.raises(ValueError, match="1 or more"):
        reference.make(sequence)


@pytest.mark.parametrize(
    ("made", "aloud"),
    [
        ("1000000005", "100 000 0005"),
        ("10000000009", "100 0000 0009"),
        ("123", "123"),
        ("12345", "123 45"),
        ("123456789012", "123 456 789 012"),
    ],
)
def test_pretty_groups_for_reading_aloud(made, aloud):
    assert reference.pretty(made) == aloud


@given(sequences)
def test_what_is_read_aloud_leads_back(sequence):
    assert reference.parse(reference.pretty(reference.make(sequence))) == sequence


def test_the_first_reference_has_ten_digits_and_no_leading_zero():
    assert reference.make(reference.FIRST_SEQUENCE) == "1000000005"
