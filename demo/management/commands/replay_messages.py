"""`manage.py replay_messages FILE`: ten years of messages on a virtual clock, in minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from complaints.enums import ClockKind
from core.clock import database_now
from core.errors import DeskError
from demo.services import replay
from demo.services.replay import ReplayReport

LEVELS = range(5)


class Command(BaseCommand):
    help = _("在虚拟时钟上重放市民留言，统计升级与时限；只在标记为虚拟的数据库中运行。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--mark-virtual",
            action="store_true",
            help=_("把这个空数据库永久标记为虚拟库，然后重放"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["mark_virtual"]:
                replay.mark_virtual()
            report = replay.replay(options["file"], at=database_now(), progress=self._progress)
        except DeskError as error:
            raise CommandError(str(error)) from error
        self._print(report)

    def _progress(self, done: int, total: int) -> None:
        if done * 10 // total > (done - 1) * 10 // total:
            self.stderr.write(f"{done:,} / {total:,}")

    def _print(self, report: ReplayReport) -> None:
        tally, write = report.tally, self.stdout.write
        words = _(
            "读取 %(read)d 行：并入重复 %(merged)d，拒绝 %(refused)d，未答复而不重放 %(left)d"
        )
        write(
            words
            % {
                "read": tally.read,
                "merged": tally.merged,
                "refused": tally.refused,
                "left": report.left_out,
            }
        )
        write(_("工单 %d") % report.tickets)
        for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE):
            counts = [report.escalations.get((kind, level), 0) for level in LEVELS]
            levels = "  ".join(f"{level}: {count:,}" for level, count in enumerate(counts))
            write(
                _("%(clock)s 升级（级别: 次数）  %(levels)s")
                % {"clock": kind.label, "levels": levels}
            )
        for kind in (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE):
            words = _("%(clock)s 按时 %(kept)d，超时 %(broken)d")
            kept, broken = report.kept.get(kind, 0), report.broken.get(kind, 0)
            write(words % {"clock": kind.label, "kept": kept, "broken": broken})
