"""What becomes of every row of a file: a ticket, a merged repeat or a refusal."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from complaints.imports.mapping import Mapping
from complaints.imports.merge import Absorbed, Group, Merger
from complaints.imports.normalise import ImportedTicket, Normaliser
from complaints.imports.reading import FileUnreadable, SourceRow, Table
from complaints.imports.reasons import Refusal

Outcome = ImportedTicket | Absorbed | Refusal


@dataclass
class Tally:
    """Counts of rows by what became of them; `by_reason` and `by_remark` by code."""

    read: int = 0
    imported: int = 0
    merged: int = 0
    refused: int = 0
    filled: int = 0
    conflicts: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    by_remark: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.by_reason, self.by_remark = Counter(self.by_reason), Counter(self.by_remark)

    def count(self, outcome: Outcome) -> None:
        self.read += 1
        if isinstance(outcome, ImportedTicket):
            self.imported += 1
            self.by_remark.update(outcome.remarks)
        elif isinstance(outcome, Absorbed):
            self.merged += 1
            self.filled += len(outcome.filled)
            self.conflicts += len(outcome.conflicts)
        else:
            self.refused += 1
            self.by_reason[outcome.code] += 1

    def counts(self) -> dict[str, Any]:
        """As JSON keeps it; `Tally(**counts)` is the tally again."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def adds_up(self) -> bool:
        return self.imported + self.merged + self.refused == self.read


class Reader:
    """Plays a table through a mapping.  Raises FileUnreadable before the first row.

    The constructor reads the whole file once: to find repeated keys, and so that a file
    that breaks off half-way is refused before anything of it is brought in.
    """

    def __init__(self, table: Table, mapping: Mapping, today: date) -> None:
        _check_heading(table, mapping)
        self.table, self.mapping = table, mapping
        self.normalise = Normaliser(mapping, today)
        self._merger = Merger(
            mapping.key, mapping.columns(), self.normalise.cleaned, self.normalise.usable
        )
        self.rows = 0
        self._repeats = self._merger.repeats(self._counted())

    def outcomes(self) -> Iterator[Outcome]:
        """One for each row; a ticket stands before the repeats merged into it."""
        groups = self._merger.groups(self.table.rows(), self._repeats)
        return chain.from_iterable(map(self._outcomes, groups))

    def _outcomes(self, group: Group) -> tuple[Outcome, ...]:
        result = self.normalise(group.row)
        if isinstance(result, Refusal):
            return (result, *(_refused_too(result, row) for row in group.absorbed))
        return (result, *group.absorbed)

    def _counted(self) -> Iterator[SourceRow]:
        for row in self.table.rows():
            self.rows += 1
            yield row


def _refused_too(refusal: Refusal, row: Absorbed) -> Refusal:
    return Refusal(row.line, refusal.code, refusal.reason, row.values)


def _check_heading(table: Table, mapping: Mapping) -> None:
    missing = mapping.missing_columns(table.columns)
    if missing:
        raise FileUnreadable(
            _("文件缺少映射所需的列：%(missing)s；现有：%(present)s")
            % {"missing": "、".join(missing), "present": "、".join(table.columns)}
        )
    unused = mapping.unused_columns(table.columns)
    if unused:
        raise FileUnreadable(
            _("映射没有说明这些列的去处：%s（不需要的列请写进 ignored）") % "、".join(unused)
        )
