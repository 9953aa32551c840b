"""The first version of the inspection form."""

from __future__ import annotations

from datetime import datetime

from quality.models import Checklist, ChecklistItem

ITEMS = (
    ("in_time", "是否在时限内答复？", "Was it answered in time?", True),
    ("category", "类别是否正确？", "Is the category right?", False),
    ("record", "记录是否完整？", "Is the record complete?", False),
    ("attitude", "答复态度是否得当？", "Is the tone of the answer right?", True),
    ("to_the_point", "答复是否针对所提问题？", "Does the answer address what was asked?", True),
    (
        "solved",
        "问题是否真正解决，或说明了下一步？",
        "Is it really solved, or the next step told?",
        True,
    ),
    (
        "privacy",
        "是否保护了报事人的个人信息？",
        "Was the reporter's personal data protected?",
        True,
    ),
)


def load(at: datetime) -> None:
    """Write version 1 once; a changed form is a new version."""
    checklist, _ = Checklist.objects.get_or_create(
        code="answers",
        version=1,
        defaults={"name": "答复质量检查表", "name_en": "Quality of answers"},
    )
    for position, (code, question, question_en, required) in enumerate(ITEMS, start=1):
        ChecklistItem.objects.update_or_create(
            checklist=checklist,
            code=code,
            defaults={
                "position": position,
                "question": question,
                "question_en": question_en,
                "required": required,
            },
        )
