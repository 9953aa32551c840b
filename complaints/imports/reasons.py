"""Why a row was refused, and what had to be assumed about a row that came in.

The codes are stable: they stand in reject files, in totals and in tests.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(StrEnum):
    COLUMN_COUNT = "column_count"
    QUOTES_BROKEN = "quotes_broken"
    BYTES_DAMAGED = "bytes_damaged"
    KEY_MISSING = "key_missing"
    KEY_TOO_LONG = "key_too_long"
    KEY_ROUNDED = "key_rounded"
    KEY_ENDS_IN_ZEROS = "key_ends_in_zeros"
    MOMENT_MISSING = "moment_missing"
    MOMENT_INVALID = "moment_invalid"
    MOMENT_IN_FUTURE = "moment_in_future"
    ENDS_BEFORE_START = "ends_before_start"
    REGION_MISSING = "region_missing"
    REGION_INVALID = "region_invalid"
    KIND_UNKNOWN = "kind_unknown"
    TEXT_MISSING = "text_missing"
    REPLY_WITHOUT_MOMENT = "reply_without_moment"
    MOMENT_WITHOUT_REPLY = "moment_without_reply"


class Remark(StrEnum):
    MERGED = "merged"
    KIND_EMPTY = "kind_empty"
    KIND_UNCATEGORISED = "kind_uncategorised"
    KIND_OTHER = "kind_other"
    NO_KEYWORD = "no_keyword"
    COMMUNITY_EMPTY = "community_empty"
    COMMUNITY_INVALID = "community_invalid"


REFUSED_TEXT: Final[dict[Refused, "_StrPromise"]] = {
    Refused.COLUMN_COUNT: _("应有 %(expected)s 列，实有 %(found)s 列"),
    Refused.QUOTES_BROKEN: _("引号没有正确闭合，无法分列"),
    Refused.BYTES_DAMAGED: _("含有无法识别的字节（编码损坏）"),
    Refused.KEY_MISSING: _("缺少编号（%(column)s）"),
    Refused.KEY_TOO_LONG: _("编号超过 %(limit)s 个字符（%(column)s）"),
    Refused.KEY_ROUNDED: _(
        "编号已被表格软件取整（%(column)s：%(value)s），请把该列设为文本后重新导出"
    ),
    Refused.KEY_ENDS_IN_ZEROS: _(
        "编号第 15 位之后全是 0，可能已被表格软件取整（%(column)s：%(value)s）："
        "请把该列设为文本后重新导出；确认编号无误的，在映射文件的 [key] 中写 exact = true"
    ),
    Refused.MOMENT_MISSING: _("缺少日期（%(column)s）"),
    Refused.MOMENT_INVALID: _("日期无法识别（%(column)s：%(value)s）"),
    Refused.MOMENT_IN_FUTURE: _("日期在将来（%(column)s：%(value)s）"),
    Refused.ENDS_BEFORE_START: _("%(column)s 早于受理日期（%(value)s）"),
    Refused.REGION_MISSING: _("缺少区域（%(column)s）"),
    Refused.REGION_INVALID: _("区域代码不合格式（%(column)s：%(value)s）"),
    Refused.KIND_UNKNOWN: _("映射文件未列出的类别（%(column)s：%(value)s）"),
    Refused.TEXT_MISSING: _("没有标题也没有正文"),
    Refused.REPLY_WITHOUT_MOMENT: _("有答复而无答复时间（%(column)s）"),
    Refused.MOMENT_WITHOUT_REPLY: _("有答复时间而无答复（%(column)s）"),
}

REMARK_TEXT: Final[dict[Remark, "_StrPromise"]] = {
    Remark.MERGED: _("编号重复，已并入首次出现的行"),
    Remark.KIND_EMPTY: _("类别为空，记为未分类"),
    Remark.KIND_UNCATEGORISED: _("类别不表示任何事项，记为未分类"),
    Remark.KIND_OTHER: _("映射文件列为其他的类别"),
    Remark.NO_KEYWORD: _("没有命中关键词，记为未分类"),
    Remark.COMMUNITY_EMPTY: _("小区为空，归到区域"),
    Remark.COMMUNITY_INVALID: _("小区代码不合格式，归到区域"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that stays out, with what it held: `fields` by column, or `raw` if unsplit."""

    line: int
    code: Refused
    reason: str
    fields: dict[str, str]
    raw: str = ""


def explain(code: Refused, **details: object) -> str:
    return str(REFUSED_TEXT[code]) % details
