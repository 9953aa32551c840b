"""The import command on the hand-written files: what stands in the database afterwards."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.management import CommandError, call_command
from django.db.models import Func, TextField, Value

from complaints.enums import ClockKind, ClockState, EventKind, State, TextRole
from complaints.imports import mapping_file
from complaints.imports.rejects import ListUnusable
from complaints.models import (
    Policy,
    PolicyDuration,
    TextEntry,
    Ticket,
    TicketClock,
    TicketEvent,
)
from complaints.services import policy_versions, recomputation
from complaints.services.import_target import MappingDoesNotFit
from core import bigrams, reference
from core.actors import SYSTEM
from core.models import Job
from core.models.job import JobState
from notifications.models import Message, Notice
from organisation.models import LegalEntity, Post, Unit
from tests.complaints.imports.bringing import (
    AT,
    MESSAGES,
    MESSAGES_FILE,
    NEW_YORK,
    NYC,
    NYC_FILE,
    UNUSABLE,
    bring_in,
    counted_by_csv,
    counted_by_sql,
    ticket,
)
from tests.factories import Company
from tests.real_data import MESSAGES as MESSAGES_REAL
from tests.real_data import NYC as NYC_REAL
from tests.real_data import real_file


def test_counts_add_up_and_stand_in_the_database(group: Unit, tmp_path: Path) -> None:
    report = bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    tally = report.tally
    assert (tally.read, tally.imported, tally.merged, tally.refused) == (40, 23, 5, 12)
    assert Ticket.objects.count() == tally.imported
    assert Ticket.objects.filter(ended_at=None).count() == report.open_tickets == 4


def test_a_recount_by_sql_agrees_with_the_file(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    by_kind, by_category = counted_by_csv(NYC_FILE, UNUSABLE)
    assert by_kind.total() == by_category.total() == 23
    assert counted_by_sql("coalesce(summary.body, '')") == by_kind
    assert counted_by_sql("category.code") == by_category


def test_offices_become_regions_and_their_zips_communities(group: Unit, tmp_path: Path) -> None:
    report = bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    regions = Unit.objects.filter(level="region")
    assert {unit.code: unit.name for unit in regions} == {
        "NYCC01": "选区办公室 NYCC01",
        "NYCC02": "选区办公室 NYCC02",
        "NYCC51": "选区办公室 NYCC51",
    }
    communities = Unit.objects.filter(level="community")
    assert set(communities.values_list("code", flat=True)) == {
        "NYCC01-10002",
        "NYCC01-10007",
        "NYCC02-10002",
        "NYCC02-10003",
        "NYCC02-11201",
        "NYCC51-10306",
        "NYCC51-10314",
    }
    assert {unit.legal_entity.name for unit in communities} == {"纽约市议会"}
    paths = {unit.path: unit.code for unit in regions}
    assert all(paths[unit.path[: -Unit.steplen]] == unit.code[:6] for unit in communities)
    assert report.units_created == 10
    assert ticket("T011").unit.code == "NYCC02"


def test_a_day_stays_a_day(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    old = ticket("T002")
    assert old.received_on == dt.date(2019, 1, 2)
    assert old.received_at == dt.datetime(2019, 1, 2, tzinfo=NEW_YORK)
    days = list(old.events.order_by("id").values_list("kind", "occurred_on"))
    assert days == [("received", dt.date(2019, 1, 2)), ("closed", dt.date(2019, 2, 1))]


def test_an_instant_stays_an_instant(group: Unit, tmp_path: Path) -> None:
    bring_in(MESSAGES_FILE, MESSAGES, tmp_path / "rejects.csv")
    message = ticket("1013")
    assert message.received_on is None
    assert message.received_at == dt.datetime(2019, 11, 6, 3, 59, 54, tzinfo=dt.UTC)
    events = list(message.events.order_by("id"))
    assert [event.kind for event in events] == ["received", "replied", "resolved", "closed"]
    assert {event.occurred_on for event in events} == {None}
    answered = dt.datetime(2019, 11, 6, 6, 29, 54, tzinfo=dt.UTC)
    assert [event.occurred_at for event in events[1:]] == [answered] * 3
    assert all(event.recorded_at > event.occurred_at for event in events)
    reply = message.texts.get(role=TextRole.REPLY)
    assert (reply.body, reply.event) == ("已约谈施工队。", events[1])


def test_imported_text_is_found_by_search_and_its_numbers_are_masked(
    group: Unit, tmp_path: Path
) -> None:
    path = tmp_path / "one.csv"
    path.write_text(
        "message_id,user,subject,created_at,body,reply,replied_at\n"
        "1,Y,电梯停运,2019-11-06T12:00:00+08:00,请打 13800001234 找我,,\n",
        encoding="utf-8",
    )
    bring_in(path, MESSAGES, tmp_path / "rejects.csv")
    body = TextEntry.objects.get(role=TextRole.BODY)
    assert body.body == "请打 138****1234 找我"
    words = Value(bigrams.words(body.body), output_field=ArrayField(TextField()))
    fresh = Func(words, function="array_to_tsvector", output_field=SearchVectorField())
    same = TextEntry.objects.filter(pk=body.pk).annotate(fresh=fresh)
    ((stored, fresh),) = same.values_list("tokens", "fresh")
    assert stored == fresh != ""


def test_nobody_is_told_and_no_clock_runs(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    assert not Notice.objects.exists()
    assert not Message.objects.exists()
    assert set(TicketClock.objects.values_list("state", flat=True)) == {ClockState.HISTORICAL}
    clock = ticket("T001").clocks.get()
    assert (clock.kind, clock.due_at) == (ClockKind.RESOLVE, None)
    assert clock.stopped_at == dt.datetime(2019, 1, 5, tzinfo=NEW_YORK)


def test_open_tickets_wait_for_the_duty_queue(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    waiting = Ticket.objects.exclude(next_step_at=None)
    assert {each.source_key for each in waiting} == {"T006", "T010", "T014", "T019"}
    assert {(each.state, each.next_step_at - AT) for each in waiting} == {
        (State.RECEIVED, dt.timedelta(days=1))
    }


def test_each_ticket_has_one_history_row_like_it(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    rows = Ticket.history.all()
    assert rows.count() == Ticket.objects.count()
    for row in rows:
        now = Ticket.objects.get(pk=row.id)
        assert (row.history_type, row.history_change_reason) == ("+", "imported")
        for field in Ticket.history.model.tracked_fields:
            assert getattr(row, field.attname) == getattr(now, field.attname), field.name


def test_references_have_their_check_digit(group: Unit, tmp_path: Path) -> None:
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    for each in Ticket.objects.all():
        assert reference.make(reference.parse(each.reference)) == each.reference


def test_a_dry_run_says_the_same_and_writes_nothing(group: Unit, tmp_path: Path) -> None:
    rehearsed = bring_in(NYC_FILE, NYC, tmp_path / "dry.csv", dry_run=True)
    assert not Ticket.objects.exists()
    assert Unit.objects.count() == 1
    assert not LegalEntity.objects.exists()
    assert not Job.objects.exists()
    done = bring_in(NYC_FILE, NYC, tmp_path / "real.csv")
    assert rehearsed.tally == done.tally
    assert rehearsed.units_created == done.units_created == 10
    assert (tmp_path / "dry.csv").read_bytes() == (tmp_path / "real.csv").read_bytes()


def test_the_same_file_again_changes_nothing(group: Unit, tmp_path: Path) -> None:
    first = bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    before = (Ticket.objects.count(), TicketEvent.objects.count())
    again = bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")
    assert again.already_done
    assert again.tally == first.tally
    assert (Ticket.objects.count(), TicketEvent.objects.count()) == before


def test_every_batch_size_gives_the_same(group: Unit, tmp_path: Path) -> None:
    report = bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv", batch_size=3)
    assert report.tally.imported == Ticket.objects.count() == 23
    assert report.units_created == 10


@pytest.mark.django_db
def test_adopted_clocks_start_at_the_import(tmp_path: Path) -> None:
    company = Company()
    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv", adopt_clocks=True)
    adopted = ticket("T010")
    assert adopted.state == State.ASSIGNED
    assert adopted.post in Post.objects.filter(unit=company.group)
    running = adopted.clocks.filter(state=ClockState.RUNNING)
    assert {clock.kind for clock in running} == {ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE}
    assert {clock.started_at for clock in running} == {AT}
    assert adopted.next_step_at == min(clock.next_fire_at for clock in running)
    assert adopted.events.get(kind=EventKind.ASSIGNED).post == adopted.post
    assert not Notice.objects.exists()
    states = ticket("T001").clocks.values_list("state", flat=True)
    assert set(states) == {ClockState.HISTORICAL}


@pytest.mark.django_db
@pytest.mark.parametrize(("moves", "version"), [(True, 2), (False, 1)])
def test_clocks_adopted_while_a_version_took_over_are_counted_by_it(
    tmp_path: Path, moves: bool, version: int
) -> None:
    """The import began before; when the version's job is done, nobody else would move them."""
    Company()
    taken_over = AT + dt.timedelta(hours=1)
    for policy in Policy.objects.all():
        newer = policy_versions.prepare(
            policy.code,
            [
                PolicyDuration(
                    clock_kind=each.clock_kind,
                    duration_minutes=each.duration_minutes * 2,
                    basis=each.basis,
                )
                for each in policy.durations.all()
            ],
            [],
            actor=SYSTEM,
            at=taken_over,
        )
        policy_versions.apply(newer, moves_open_clocks=moves, actor=SYSTEM, at=taken_over)
    Job.objects.filter(kind=recomputation.JOB).update(state=JobState.DONE)

    bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv", adopt_clocks=True)

    adopted = ticket("T010")
    running = adopted.clocks.filter(state=ClockState.RUNNING)
    assert {clock.policy.version for clock in running} == {adopted.policy.version} == {version}
    assert {clock.started_at for clock in running} == {AT}
    assert not recomputation.Takeover.now(taken_over).find()


def test_a_mapping_that_names_unknown_categories_is_refused(group: Unit, tmp_path: Path) -> None:
    text = mapping_file.find(NYC).read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('"NYCHA" = "housing"', '"NYCHA" = "towers"'), encoding="utf-8")
    with pytest.raises(MappingDoesNotFit, match="towers"):
        bring_in(NYC_FILE, str(own), tmp_path / "rejects.csv")
    assert not Ticket.objects.exists()


def test_without_a_group_there_is_nowhere_to_import_to(db: None, tmp_path: Path) -> None:
    with pytest.raises(MappingDoesNotFit, match="集团"):
        bring_in(NYC_FILE, NYC, tmp_path / "rejects.csv")


def test_a_file_that_is_no_list_is_not_overwritten(group: Unit, tmp_path: Path) -> None:
    precious = tmp_path / "precious.csv"
    precious.write_text("my own work")
    with pytest.raises(ListUnusable, match="precious"):
        bring_in(NYC_FILE, NYC, precious)
    assert precious.read_text() == "my own work"
    assert not Ticket.objects.exists()


def test_the_command_prints_totals_that_add_up(
    group: Unit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rejects = tmp_path / "rejects.csv"
    call_command("import_tickets", str(NYC_FILE), mapping=NYC, rejects=rejects)
    printed = capsys.readouterr().out
    assert "读取 40 = 导入 23 + 并入重复 5 + 拒绝 12" in printed
    for code in ("moment_invalid", "kind_unknown", "column_count", "community_empty"):
        assert code in printed
    assert str(rejects) in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"mapping": "nothing"}, "nyc_constituent_cases"),
        ({"mapping": MESSAGES}, "message_id"),
        ({"mapping": NYC, "batch_size": 0}, "batch-size"),
    ],
)
def test_the_command_refuses_with_a_sentence(
    group: Unit, tmp_path: Path, arguments: dict[str, object], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_tickets", NYC_FILE, rejects=tmp_path / "r.csv", **arguments)
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_tickets", "nowhere.csv", mapping=NYC, rejects=tmp_path / "r.csv")


# In one transaction every foreign key of two million rows would be checked at its end.
@pytest.mark.django_db(transaction=True)
@pytest.mark.real_data
@pytest.mark.slow
def test_all_cases_of_new_york_stand_in_the_database(group: Unit, tmp_path: Path) -> None:
    path = real_file(NYC_REAL)
    report = bring_in(path, NYC, tmp_path / "rejects.csv", batch_size=5_000)
    tally = report.tally
    assert (tally.read, tally.imported, tally.merged, tally.refused) == (341_299, 341_194, 105, 0)
    by_kind, by_category = counted_by_csv(path, frozenset())
    assert counted_by_sql("coalesce(summary.body, '')") == by_kind
    assert counted_by_sql("category.code") == by_category
    assert Ticket.objects.filter(ended_at=None).count() == report.open_tickets
    assert Unit.objects.filter(level="region").count() == 51
    assert not Notice.objects.exists()


@pytest.mark.real_data
def test_all_messages_stand_in_the_database(group: Unit, tmp_path: Path) -> None:
    report = bring_in(real_file(MESSAGES_REAL), MESSAGES, tmp_path / "rejects.csv")
    assert (report.tally.imported, report.tally.refused) == (2_816, 0)
    shanghai = ZoneInfo("Asia/Shanghai")
    quarter = TicketEvent.objects.filter(
        kind=EventKind.REPLIED,
        occurred_at__gte=dt.datetime(2019, 10, 1, tzinfo=shanghai),
        occurred_at__lt=dt.datetime(2020, 1, 1, tzinfo=shanghai),
    )
    assert quarter.count() == 251
