"""Templates lose what is for their writers alone, and no words run together."""

import pytest

from core.lean_templates import lean


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>\n    one\n    two\n</p>", "<p>\none\ntwo\n</p>"),
        ("1\n  {% if x %}\n    2\n  {% endif %}\n3", "1\n{% if x %}2\n{% endif %}\n3"),
        ("1\n{% for a in b %}\n  {{ a }}\n", "1\n{% for a in b %}{{ a }}\n"),
        ("1 {% if x %}\n2{% endif %}\n3", "1 {% if x %}\n2{% endif %}\n3"),
        ("1\n{% if x %}2{% endif %}\n3", "1\n{% if x %}2{% endif %}\n3"),
        ("1\n{% include 'a' %}\n{{ b }}\n", "1\n{% include 'a' %}\n{{ b }}\n"),
    ],
)
def test_a_break_between_two_words_stays(written, kept):
    assert lean(written) == kept
