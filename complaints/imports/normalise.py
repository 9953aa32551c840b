"""One row and a mapping make one ticket-to-be, or the reason why not."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from complaints.imports import moments
from complaints.imports.mapping import Mapping, MomentRule, Target, UnitRule
from complaints.imports.moments import Moment
from complaints.imports.reading import SourceRow
from complaints.imports.reasons import Refusal, Refused, Remark, explain

KEY_LENGTH: Final = 64
# How spreadsheets write a number whose last digits they have forgotten: of different matters the
# same, so that one would be taken for a repeat of another.
ROUNDED: Final = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+|[0-9]{16,}[.,]0+")
# And a whole number saved without an exponent: fifteen digits are kept, then come zeros. A few
# honest numbers look alike (`key.exact`); one that begins with a zero was text.
ENDING_IN_ZEROS: Final = re.compile("[1-9][0-9]{14}0+")
# Two of them and a hyphen make the code of a community.
UNIT_CODE_LENGTH: Final = 19
# What lies before is a zero date of the exporting program, not a matter of residents.
FIRST_YEAR: Final = 1900


class UnitRef(NamedTuple):
    """A unit by the code it has in the source, unique under the unit above it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ImportedTicket:
    """What one matter of the source is in our words; no row of the database yet.

    `unit` runs from region to community; `detail` is the source's own finer kind.
    """

    line: int
    key: str
    kind: str
    category: str
    received: Moment
    closed: Moment | None
    answered: Moment | None
    unit: tuple[UnitRef, ...]
    subject: str
    body: str
    reply: str
    place: str
    source_kind: str
    source_detail: str
    remarks: tuple[Remark, ...]

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def is_unsolved(self) -> bool:
        """What was answered is owed nothing more but an end."""
        return self.is_open and self.answered is None


class _RowRefused(Exception):
    def __init__(self, code: Refused, **details: object) -> None:
        super().__init__(code)
        self.code, self.details = code, details


class Normaliser:
    """Reads rows by one mapping; days after `today` are refused as mistakes."""

    def __init__(self, mapping: Mapping, today: date) -> None:
        self.mapping, self.today = mapping, today
        self._patterns = {
            rule.column: re.compile(rule.pattern)
            for rule in (mapping.region, mapping.community)
            if rule and rule.column
        }
        self._moments = mapping.moments()

    def __call__(self, row: SourceRow) -> ImportedTicket | Refusal:
        try:
            if row.damage:
                raise _RowRefused(row.damage, expected=row.expected, found=row.found)
            return self._ticket(row.line, self.cleaned(row.values))
        except _RowRefused as refused:
            reason = explain(refused.code, **refused.details)
            return Refusal(row.line, refused.code, reason, row.values, row.raw)

    def cleaned(self, values: dict[str, str]) -> dict[str, str]:
        blanks = self.mapping.blanks
        stripped = {column: value.strip() for column, value in values.items()}
        if not blanks:
            return stripped
        return {c: "" if v.casefold() in blanks else v for c, v in stripped.items()}

    def usable(self, column: str, value: str) -> bool:
        """Whether the cleaned value says something; a date that is none does not."""
        if not value:
            return False
        if pattern := self._patterns.get(column):
            return len(value) <= UNIT_CODE_LENGTH and pattern.fullmatch(value) is not None
        rule = self._moments.get(column)
        return rule is None or _parsed(value, rule, self.mapping) is not None

    def _ticket(self, line: int, values: dict[str, str]) -> ImportedTicket:
        mapping = self.mapping
        key = self._key(values)
        received = self._received(values)
        target = self._target(values)
        unit, unit_remark = self._unit(values)
        subject, body = self._text(values)
        answered, reply = self._answer(values, received)
        source_kind, source_detail = mapping.kinds.source(values)
        return ImportedTicket(
            line=line,
            key=key,
            kind=target.kind,
            category=target.category,
            received=received,
            closed=self._later(values, mapping.closed, received),
            answered=answered,
            unit=unit,
            subject=subject,
            body=body,
            reply=reply,
            place=_joined(values, mapping.place),
            source_kind=source_kind,
            source_detail=source_detail,
            remarks=tuple(filter(None, (target.remark, unit_remark))),
        )

    def _key(self, values: dict[str, str]) -> str:
        key = values[self.mapping.key]
        if not key:
            raise _RowRefused(Refused.KEY_MISSING, column=self.mapping.key)
        if len(key) > KEY_LENGTH:
            raise _RowRefused(Refused.KEY_TOO_LONG, column=self.mapping.key, limit=KEY_LENGTH)
        if ROUNDED.fullmatch(key):
            raise _RowRefused(Refused.KEY_ROUNDED, column=self.mapping.key, value=key)
        if ENDING_IN_ZEROS.fullmatch(key) and not self.mapping.key_exact:
            raise _RowRefused(Refused.KEY_ENDS_IN_ZEROS, column=self.mapping.key, value=key)
        return key

    def _text(self, values: dict[str, str]) -> tuple[str, str]:
        subject = _joined(values, self.mapping.subject)
        body = _joined(values, self.mapping.body, "\n\n")
        if self.mapping.text_required and not subject and not body:
            raise _RowRefused(Refused.TEXT_MISSING)
        return subject, body

    def _received(self, values: dict[str, str]) -> Moment:
        moment = self._moment(values, self.mapping.received)
        if moment is None:
            raise _RowRefused(Refused.MOMENT_MISSING, column=self.mapping.received.column)
        return moment

    def _moment(self, values: dict[str, str], rule: MomentRule) -> Moment | None:
        value = values[rule.column]
        if not value:
            return None
        moment = _parsed(value, rule, self.mapping)
        if moment is None:
            raise _RowRefused(Refused.MOMENT_INVALID, column=rule.column, value=value)
        if moment.on > self.today:
            raise _RowRefused(Refused.MOMENT_IN_FUTURE, column=rule.column, value=value)
        return moment

    def _later(
        self, values: dict[str, str], rule: MomentRule | None, received: Moment
    ) -> Moment | None:
        moment = self._moment(values, rule) if rule else None
        if rule and moment and moment.precedes(received):
            value = values[rule.column]
            raise _RowRefused(Refused.ENDS_BEFORE_START, column=rule.column, value=value)
        return moment

    def _answer(self, values: dict[str, str], received: Moment) -> tuple[Moment | None, str]:
        rule = self.mapping.answered
        if rule is None:
            return None, ""
        answered, reply = self._later(values, rule, received), values[self.mapping.reply]
        if reply and answered is None:
            raise _RowRefused(Refused.REPLY_WITHOUT_MOMENT, column=rule.column)
        if answered and not reply:
            raise _RowRefused(Refused.MOMENT_WITHOUT_REPLY, column=self.mapping.reply)
        return answered, reply

    def _target(self, values: dict[str, str]) -> Target:
        target = self.mapping.kinds.target(values)
        if target is None:
            column = self.mapping.kinds.columns[0]
            raise _RowRefused(Refused.KIND_UNKNOWN, column=column, value=values[column])
        return target

    def _unit(self, values: dict[str, str]) -> tuple[tuple[UnitRef, ...], Remark | None]:
        region, community = self.mapping.region, self.mapping.community
        value = values[region.column] if region.column else region.fixed
        if not value:
            raise _RowRefused(Refused.REGION_MISSING, column=region.column)
        if region.column and not self.usable(region.column, value):
            raise _RowRefused(Refused.REGION_INVALID, column=region.column, value=value)
        path = (_unit_ref(region, value),)
        if community is None:
            return path, None
        value = values[community.column] if community.column else community.fixed
        if not value:
            return path, Remark.COMMUNITY_EMPTY
        if community.column and not self.usable(community.column, value):
            return path, Remark.COMMUNITY_INVALID
        return (*path, _unit_ref(community, value)), None


def _unit_ref(rule: UnitRule, value: str) -> UnitRef:
    return UnitRef(value, rule.name.replace("{value}", value))


def _parsed(value: str, rule: MomentRule, mapping: Mapping) -> Moment | None:
    try:
        moment = moments.parse(value, rule.layout, mapping.zone)
    except (ValueError, OverflowError):
        return None
    return moment if moment.on.year >= FIRST_YEAR else None


def _joined(values: dict[str, str], columns: tuple[str, ...], mark: str = " · ") -> str:
    return mark.join(filter(None, [values[column] for column in columns]))
