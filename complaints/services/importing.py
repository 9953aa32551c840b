"""Brings in the history of another system from a file, all of it, once, and says what it did.

Rows are read twice and written in batches.  Each batch, the job's row and the lists of what did
not come in move on together, so a killed import goes on where it stopped, without doubles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.imports import mapping_file
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Outcome, Reader, Tally
from complaints.imports.reading import open_table
from complaints.imports.rejects import ListUnusable, RowLists
from complaints.services import (
    import_clocks,
    import_storage,
    import_target,
    import_updates,
    recomputation,
)
from complaints.services.import_storage import Frame
from complaints.spans import REVIEW_EVERY
from core.actors import Actor
from core.clock import database_now
from core.errors import InvalidInput
from core.models import Job
from core.models.job import JobState
from core.services import jobs
from core.transactions import wait_at_most
from organisation import access
from organisation.models import Unit

JOB: Final = "import_tickets"
CHUNK: Final = 1 << 20

Progress = Callable[[int, int], None]


class OptionsDiffer(InvalidInput):
    """The same import was begun in another way."""

    code = "options_differ"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file and how to read it.  `lists` is where the refused rows go (see `RowLists`)."""

    path: Path
    mapping: str
    lists: Path
    dry_run: bool = False
    adopt_clocks: bool = False
    batch_size: int = 2_000


@dataclass
class ImportReport:
    """What became of the rows.  `resumed_at` is the row after which this run began."""

    tally: Tally
    rows: int
    blank_lines: int
    encoding: str
    lists: Path
    resumed_at: int = 0
    already_done: bool = False
    units_created: int = 0
    open_tickets: int = 0


def import_file(
    request: ImportRequest, *, actor: Actor, at: datetime, progress: Progress
) -> ImportReport:
    """Raises FileUnreadable, MappingInvalid, MappingDoesNotFit, ListUnusable, OptionsDiffer or
    JobIsRunning."""
    access.require(actor, "organisation.manage")
    mapping = mapping_file.load(request.mapping)
    with open_table(
        request.path, delimiter=mapping.delimiter, sheet=mapping.sheet, encoding=mapping.encoding
    ) as table:
        target = import_target.resolve(mapping, at=at, writing=not request.dry_run)
        reader = Reader(table, mapping, at.astimezone(mapping.zone).date())
        frame = Frame(target, at, database_now(), at + REVIEW_EVERY, request.adopt_clocks)
        if request.dry_run:
            return _rehearse(request, reader, frame, progress)
        fingerprint = _fingerprint(request)
        # two files of one source bring the same keys: each would find them missing
        with jobs.exclusive(JOB, mapping.origin):
            job = jobs.start_or_resume(JOB, fingerprint, total=reader.rows, at=frame.recorded_at)
            return _Import(request, reader, frame, job, actor).run(progress)


def _rehearse(
    request: ImportRequest, reader: Reader, frame: Frame, progress: Progress
) -> ImportReport:
    """All that an import does but writing: repeats of earlier imports are found as well."""
    report, units = _report(request, reader, Tally()), set[str]()
    with RowLists(request.lists, reader.table.columns) as lists:
        for batch in _batches(reader.outcomes(), request.batch_size):
            units |= frame.target.wanted_units(_tickets(batch)).keys()
            known = import_updates.known_tickets(import_updates.earlier(batch, frame))
            for outcome in batch:
                settled = import_updates.compare(outcome, known, frame)
                _count(report, settled)
                lists.add(settled)
            progress(report.tally.read, reader.rows)
    report.units_created = len(units) - Unit.objects.filter(code__in=units).count()
    report.blank_lines = reader.table.blank_lines
    return report


class _Import:
    """One run over the file, from where the job's row says the last one got to."""

    def __init__(
        self, request: ImportRequest, reader: Reader, frame: Frame, job: Job, actor: Actor
    ) -> None:
        self.request, self.reader, self.frame = request, reader, frame
        self.job, self.actor = job, actor
        counts: dict[str, Any] = job.counts
        self.report = _report(request, reader, Tally(**counts.get("tally", {})))
        self.report.resumed_at = job.cursor
        self.report.already_done = job.state == JobState.DONE
        self.report.units_created = counts.get("units_created", 0)
        self.report.open_tickets = counts.get("open_tickets", 0)

    def run(self, progress: Progress) -> ImportReport:
        self._require_same_clocks()
        if self.report.already_done:
            return self.report
        self._require_same_lists()
        sizes = self.job.counts.get("sizes")
        left = islice(self.reader.outcomes(), self.job.cursor, None)
        with RowLists(self.request.lists, self.reader.table.columns, sizes) as lists:
            for batch in _batches(left, self.request.batch_size):
                self._bring_in(batch, lists)
                progress(self.job.cursor, self.reader.rows)
        self.report.blank_lines = self.reader.table.blank_lines
        jobs.finish(self.job, at=database_now())
        return self.report

    @transaction.atomic
    def _bring_in(self, batch: list[Outcome], lists: RowLists) -> None:
        wait_at_most(0)  # one process alone imports, and to be refused would end hours of work
        locked = import_updates.earlier(batch, self.frame).select_for_update(of=("self",))
        known = import_updates.known_tickets(locked)
        new = [ticket for ticket in _tickets(batch) if ticket.key not in known]
        self.report.units_created += self.frame.target.ensure_units(
            _tickets(batch), actor=self.actor
        )
        ids = import_storage.store(new, self.frame)
        if self.request.adopt_clocks:
            unsolved = [pk for pk, ticket in zip(ids, new, strict=True) if ticket.is_unsolved]
            import_clocks.adopt(unsolved, actor=self.actor, at=self.frame.at)
            recomputation.move_started(unsolved, since=self.frame.at, at=database_now())
        for outcome in batch:
            settled = import_updates.settle(outcome, known, self.frame, actor=self.actor)
            _count(self.report, settled)
            lists.add(settled)
        self._advance(len(batch), lists)

    def _advance(self, rows: int, lists: RowLists) -> None:
        counts = {
            "tally": self.report.tally.counts(),
            "units_created": self.report.units_created,
            "open_tickets": self.report.open_tickets,
            "adopt_clocks": self.request.adopt_clocks,
            "lists": str(self.request.lists.resolve()),
            "sizes": lists.sizes(),
        }
        at = database_now()
        jobs.advance(self.job, cursor=self.job.cursor + rows, counts=counts, at=at)

    def _require_same_clocks(self) -> None:
        """One part of an import does not run by the clock while the other does not."""
        begun = self.job.counts.get("adopt_clocks", self.request.adopt_clocks)
        if begun != self.request.adopt_clocks:
            with_it = _("此文件的导入是带 --adopt-clocks 开始的，请带上它再运行。")
            without = _("此文件的导入是不带 --adopt-clocks 开始的，请去掉它再运行。")
            raise OptionsDiffer(with_it if begun else without)

    def _require_same_lists(self) -> None:
        """The lists of one import are one: what the first part refused must not be lost."""
        before = self.job.counts.get("lists")
        if before and before != str(self.request.lists.resolve()):
            raise ListUnusable(_("此导入的清单在 %s，请用同一文件继续") % before)


def _report(request: ImportRequest, reader: Reader, tally: Tally) -> ImportReport:
    return ImportReport(tally, reader.rows, 0, reader.table.encoding, request.lists)


def _tickets(batch: Iterable[Outcome]) -> list[ImportedTicket]:
    return [outcome for outcome in batch if isinstance(outcome, ImportedTicket)]


def _count(report: ImportReport, outcome: Outcome) -> None:
    report.tally.count(outcome)
    report.open_tickets += isinstance(outcome, ImportedTicket) and outcome.is_open


def _batches(outcomes: Iterable[Outcome], size: int) -> Iterator[list[Outcome]]:
    remaining = iter(outcomes)
    while batch := list(islice(remaining, size)):
        yield batch


def _fingerprint(request: ImportRequest) -> str:
    """Of the file and the mapping: a corrected mapping is another import of the same file."""
    content = hashlib.sha256(mapping_file.find(request.mapping).read_bytes())
    with request.path.open("rb") as file:
        while chunk := file.read(CHUNK):
            content.update(chunk)
    return content.hexdigest()
