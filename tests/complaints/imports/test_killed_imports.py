"""An import that is killed goes on where it was, and two do not run at once."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections

from complaints.enums import EventKind
from complaints.imports.rejects import ListUnusable
from complaints.models import Ticket, TicketEvent
from complaints.services import import_storage
from core.copying import copy_rows
from core.models import Job
from core.services import jobs
from tests.complaints.imports.bringing import NYC, NYC_FILE, bring_in
from tests.factories import make_unit


def killed_import(lists: Path, at_copy: int) -> int:
    """Run the import in another process that ends by SIGKILL inside a transaction."""
    connections.close_all()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    copies = iter(range(1, 1_000))

    def copy_or_die(*arguments: object) -> None:
        if next(copies) == at_copy:
            os.kill(os.getpid(), signal.SIGKILL)
        copy_rows(*arguments)  # type: ignore[arg-type]

    import_storage.copy_rows = copy_or_die  # type: ignore[assignment]
    bring_in(NYC_FILE, NYC, lists, batch_size=4)
    os._exit(0)


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_without_doubles(tmp_path: Path) -> None:
    make_unit("G")
    # five tables are copied for each batch: this is the middle of the fourth
    status = killed_import(tmp_path / "rejects.csv", at_copy=18)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    job = Job.objects.get()
    assert job.cursor == 12
    assert Ticket.objects.count() == job.counts["tally"]["imported"] > 0

    report = bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv", batch_size=4)
    assert report.resumed_at == 12
    tally = report.tally
    assert (tally.read, tally.imported, tally.merged, tally.refused) == (40, 23, 5, 12)
    assert tally.adds_up
    keys = Counter(Ticket.objects.values_list("source_key", flat=True))
    assert len(keys) == 23
    assert set(keys.values()) == {1}
    assert TicketEvent.objects.filter(kind=EventKind.RECEIVED).count() == 23

    whole = tmp_path / "whole.csv"
    bring_in(NYC_FILE, NYC, whole, dry_run=True)
    for ending in ("", ".remarks.csv"):
        resumed = (tmp_path / f"rejects.csv{ending}").read_bytes()
        if not ending:
            assert resumed == (tmp_path / f"whole.csv{ending}").read_bytes()
        assert resumed.count(b"line,") == 1


@pytest.mark.django_db(transaction=True)
def test_lists_of_a_killed_import_are_continued_in_place(tmp_path: Path) -> None:
    make_unit("G")
    killed_import(tmp_path / "rejects.csv", at_copy=18)
    with pytest.raises(ListUnusable, match=r"rejects\.csv"):
        bring_in(NYC_FILE, NYC, tmp_path / "elsewhere.csv", batch_size=4)


@pytest.mark.django_db(transaction=True)
def test_two_processes_do_not_import_one_file_at_once(tmp_path: Path) -> None:
    make_unit("G")
    held, release = os.pipe(), os.pipe()
    connections.close_all()
    child = os.fork()
    if not child:
        with jobs.exclusive("import_tickets", "x"):
            os.write(held[1], b"1")
            os.read(release[0], 1)
        os._exit(0)
    os.read(held[0], 1)
    with pytest.raises(jobs.JobIsRunning), jobs.exclusive("import_tickets", "x"):
        pass
    os.write(release[1], b"1")
    os.waitpid(child, 0)
    with jobs.exclusive("import_tickets", "x"):
        pass
