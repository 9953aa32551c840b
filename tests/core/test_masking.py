from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import keep_ends, mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+8613812341234", "138****1234"),
        ("+861062345678", "*********5678"),
        ("+442079460958", "*********0958"),
        ("+1234", "*****"),
        ("", ""),
    ],
)
def test_phone(e164, masked):
    assert mask_phone(e164) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张", "*"),
        ("欧阳娜娜", "欧*"),
        (" 李四光 ", "李*"),
        ("John Smith", "J*"),
        ("", ""),
        ("  ", ""),
        ("𠮷野", "𠮷*"),
    ],
)
def test_name(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("zhang.san@example.com", "z***@example.com"),
        ("a@b@example.com", "a***@example.com"),
        ("@example.com", "***"),
        ("nobody", "***"),
        ("", "***"),
    ],
)
def test_email(address, masked):
    assert mask_email(address) == masked


def test_keep_ends_leaves_separators():
    assert keep_ends("6222 0212-3456 7890", 0, 4) == "**** ****-**** 7890"
    assert keep_ends("11010119900307123X", 1, 1) == "1****************X"


@given(st.text(max_size=30), st.integers(0, 4), st.integers(0, 4))
def test_keep_ends_shows_no_more_than_asked(text, first, last):
    masked = keep_ends(text, first, last)
    assert len(masked) == len(text)
    assert sum(character.isalnum() for character in masked) <= first + last
