"""Templates without their indentation: it is for who writes them, and was a tenth of every page.

Taken out once, when a template is compiled. A line break stays one, so that words beside each other
stay apart; only what lies between two lines goes, and the break behind a tag that stands alone and
opens something, since there is one before it. Nothing of ours is drawn with its blanks (`pre`), and
what people wrote is a value, not part of a template.
"""

from __future__ import annotations

import re
from typing import Final

from django.template import Origin
from django.template.loaders import app_directories

_INDENTATION: Final = re.compile(r"\n\s+")
# not behind one that ends something: the break before it belongs to what may not be drawn
_OPENING: Final = re.compile(r"(?<=\n)({% (?:if|for|block|load)\b(?:(?!%}).)*%})\n")


def lean(source: str) -> str:
    return _OPENING.sub(r"\1", _INDENTATION.sub("\n", source))


class Loader(app_directories.Loader):
    def get_contents(self, origin: Origin) -> str:
        source = super().get_contents(origin)
        return lean(source) if origin.name.endswith(".html") else source
