"""What kind of matter words sound like. Pure: it proposes, whoever takes the matter in decides.

The first that fits wins. What is broken is to be repaired, however politely it is asked for;
whoever says that nobody comes complains, whatever is broken.
"""

from __future__ import annotations

import re
from typing import Final

from complaints.enums import Kind
from core import bigrams

_BROKEN: Final = (
    "报修|维修(?!基金|资金|费)|修[一理好下]|来修|漏水|渗水|漏电|(?<![弄砸碰撞踢刮])坏了|堵了|堵住|堵塞"
    "|不亮|不热|不制冷|打不开|关不上|推不动|跳闸|(?:突然|家里?)停[水电]|夹人|异响|脱落|脱轨|松动|失灵"
    "|破裂|爆裂|故障"
)
_SAID: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.PRAISE, "表扬|锦旗|点赞"),
        (
            Kind.COMPLAINT,
            "投诉|没有?人(?:来|管|修|理|清|处理)|不处理|不解决|还没修|没修好|推诿|态度",
        ),
        (Kind.REPAIR, _BROKEN),
        (Kind.SUGGESTION, "建议"),
        (Kind.INQUIRY, "想问|请问|问一下|问问|咨询|打听|想了解|怎么办理|怎么交|怎么收费|要带什么"),
    )
)
#: branches whose matters are what other people do, whatever breaks of it
_PEOPLE: Final = frozenset({"staff_conduct", "neighbours", "noise", "supplier"})


def sounds_like(text: str, category_code: str) -> Kind:
    """A complaint where the words say nothing else."""
    branch, said = category_code.partition(".")[0], bigrams.plain(text)
    for kind, words in _SAID:
        if words.search(said) and not (kind is Kind.REPAIR and branch in _PEOPLE):
            return kind
    return Kind.COMPLAINT
