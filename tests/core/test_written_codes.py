"""A code may be any text, and its page has an address all the same."""

from urllib.parse import unquote

import pytest
from django.urls import Resolver404, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from core.written_codes import WrittenCode

CODES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)


@given(CODES)
def test_what_is_written_is_read(code):
    part = WrittenCode().to_url(code)
    assert "/" not in part
    assert part.strip(".")
    assert WrittenCode().to_python(part) == code


def test_what_no_column_can_hold_is_no_address():
    with pytest.raises(Resolver404):
        resolve("/console/suppliers/contracts/%00/")


@pytest.mark.parametrize("code", ["HT/2026/01", "JK〔2026〕03号", "50%", "%2F", "..", "a b?#"])
def test_its_page_has_an_address(code):
    address = reverse("console:supplier_contract", args=[code])
    found = resolve(unquote(address))  # as a server hands it over
    assert (found.view_name, found.kwargs) == ("console:supplier_contract", {"number": code})
