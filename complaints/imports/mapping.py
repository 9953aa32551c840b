"""What a mapping file declares: which column means what, and where each kind belongs."""

from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from complaints.imports.reasons import Remark

OTHER: Final = "other"
UNCATEGORISED: Final = "uncategorised"


class Target(NamedTuple):
    """Where a source's kind goes: our category's code and our kind of ticket."""

    category: str
    kind: str
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class MomentRule:
    column: str
    layout: str


@dataclass(frozen=True, slots=True)
class UnitRule:
    """Value of one level of the organisation: fixed, or a column that fits a pattern."""

    name: str
    column: str = ""
    pattern: str = ""
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class LegalEntityRule:
    """The company that answers for the communities an import creates."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class KindTable:
    """Each of the source's kinds by name, a few of them by a finer kind as well."""

    column: str
    detail: str
    empty: Target
    table: dict[str, Target]
    details: dict[tuple[str, str], Target]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.column, self.detail)))

    def target(self, values: dict[str, str]) -> Target | None:
        """None for a kind that the mapping does not list."""
        kind = values[self.column]
        finer = self.details.get((kind, values[self.detail])) if self.detail else None
        if finer:
            return finer
        return self.table.get(kind) if kind else self.empty

    def source(self, values: dict[str, str]) -> tuple[str, str]:
        """Kind and finer kind in the source's own words."""
        return values[self.column], values[self.detail] if self.detail else ""

    def targets(self) -> set[Target]:
        return {self.empty, *self.table.values(), *self.details.values()}


@dataclass(frozen=True, slots=True)
class KeywordTable:
    """For sources without kinds: the first word found decides, column by column."""

    columns: tuple[str, ...]
    words: tuple[tuple[str, Target], ...]
    otherwise: Target

    def target(self, values: dict[str, str]) -> Target:
        for column in self.columns:
            text = values[column]
            for word, target in self.words:
                if word in text:
                    return target
        return self.otherwise

    def source(self, values: dict[str, str]) -> tuple[str, str]:
        return "", ""

    def targets(self) -> set[Target]:
        return {self.otherwise, *(target for _, target in self.words)}


@dataclass(frozen=True, slots=True)
class Mapping:
    name: str
    title: str
    origin: str
    zone: ZoneInfo
    channel: str
    key: str
    received: MomentRule
    closed: MomentRule | None
    answered: MomentRule | None
    reply: str
    region: UnitRule
    community: UnitRule | None
    legal_entity: LegalEntityRule | None
    kinds: KindTable | KeywordTable
    subject: tuple[str, ...]
    body: tuple[str, ...]
    place: tuple[str, ...]
    ignored: tuple[str, ...]
    #: the zeros at the end of long numbers are the source's own
    key_exact: bool = False
    text_required: bool = False
    blanks: frozenset[str] = frozenset()
    encoding: str = ""
    delimiter: str = ","
    sheet: str = ""

    def moments(self) -> dict[str, MomentRule]:
        rules = (self.received, self.closed, self.answered)
        return {rule.column: rule for rule in rules if rule}

    def columns(self) -> tuple[str, ...]:
        """Every column the mapping uses, in the order in which it names them."""
        units = [rule.column for rule in (self.region, self.community) if rule]
        named = [self.key, *self.moments(), *units, *self.kinds.columns, self.reply]
        named += [*self.subject, *self.body, *self.place]
        return tuple(dict.fromkeys(filter(None, named)))

    def unused_columns(self, columns: tuple[str, ...]) -> list[str]:
        return [name for name in columns if name not in {*self.columns(), *self.ignored}]

    def missing_columns(self, columns: tuple[str, ...]) -> list[str]:
        return [name for name in self.columns() if name not in columns]

    def categories(self) -> set[str]:
        return {target.category for target in self.kinds.targets()}

    def ticket_kinds(self) -> set[str]:
        return {target.kind for target in self.kinds.targets()}
