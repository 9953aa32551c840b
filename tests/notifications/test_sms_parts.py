import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.sms_parts import size_of


@pytest.mark.parametrize(
    ("count", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_parts_of_a_length(count, parts):
    assert size_of("字" * count) == (count, parts)


def test_the_signature_is_counted_with_its_brackets():
    assert size_of("字" * 64, "金科物业") == (70, 1)
    assert size_of("字" * 65, "金科物业") == (71, 2)


def test_a_rare_character_takes_two_places():
    assert size_of("𠮷").characters == 2


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_longer_text_has_no_fewer_parts(first, second):
    assert size_of(first + second).parts >= size_of(first).parts
