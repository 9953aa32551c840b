"""What is counted for a name is counted for everything that signs this name in."""

from django.contrib.auth.forms import UsernameField
from hypothesis import example, given
from hypothesis import strategies as st

from core.typed_names import plain_name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@example("ｌｉ．ｘｉａｏｍｉｎｇ")
@example("\u3000ﬁnance ")
def test_what_sign_in_reads_is_counted_as_what_was_typed(typed):
    read = UsernameField(required=False).to_python(typed)
    assert plain_name(read) == plain_name(typed)


def test_no_letter_of_another_shape_or_size_makes_another_name():
    assert plain_name("\u3000ＬＩ.xiaoming ") == plain_name("li.xiaoming") == "li.xiaoming"
