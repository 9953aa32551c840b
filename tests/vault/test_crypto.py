from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.vault import crypto
from privacy.vault.errors import SealBroken

SUBJECT = UUID("11111111-1111-4111-8111-111111111111")


@given(plain=st.binary(max_size=200), bound_to=st.binary(max_size=60))
def test_what_is_encrypted_opens_again(plain, bound_to):
    key = crypto.new_key()
    sealed = crypto.encrypt(key, plain, bound_to)
    assert len(sealed) == len(plain) + crypto.OVERHEAD
    assert crypto.decrypt(key, sealed, bound_to) == plain


def test_equal_texts_are_sealed_differently():
    key = crypto.new_key()
    assert crypto.encrypt(key, b"x", b"") != crypto.encrypt(key, b"x", b"")


def test_any_altered_byte_is_refused():
    key = crypto.new_key()
    sealed = crypto.encrypt(key, "张伟".encode(), b"here")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            crypto.decrypt(key, bytes(altered), b"here")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 28])
def test_bytes_that_were_never_sealed_are_refused(sealed):
    with pytest.raises(SealBroken):
        crypto.decrypt(crypto.new_key(), sealed, b"")


def test_a_key_of_another_subject_does_not_open():
    sealed = crypto.encrypt(crypto.new_key(), b"x", b"")
    with pytest.raises(SealBroken):
        crypto.decrypt(crypto.new_key(), sealed, b"")


def test_subject_and_field_cannot_be_confused():
    assert crypto.associated_data(SUBJECT, "a.b") != crypto.associated_data(uuid4(), "a.b")
    assert crypto.associated_data(SUBJECT, "a.b") != crypto.associated_data(SUBJECT, "a.c")
