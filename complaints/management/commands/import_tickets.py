"""`manage.py import_tickets FILE --mapping NAME`: the history of another system, from a file."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from complaints.imports import mapping_file
from complaints.imports.reasons import REFUSED_TEXT, REMARK_TEXT, Refused, Remark
from complaints.services.importing import ImportReport, ImportRequest, import_file
from core.actors import SYSTEM
from core.clock import database_now
from core.errors import DeskError


class Command(BaseCommand):
    help = _("导入其他系统的历史工单（CSV、XLSX，可用 gzip 压缩）；中断后再次运行会接着导入。")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--mapping",
            required=True,
            help=_("映射名称或 .toml 文件路径；现有：%s") % "、".join(mapping_file.names()),
        )
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
        parser.add_argument(
            "--adopt-clocks", action="store_true", help=_("未办结的工单自导入时起计时")
        )
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help=_("被拒行的清单；默认在当前目录，按导入文件命名"),
        )
        parser.add_argument("--batch-size", type=int, default=2_000, metavar="ROWS")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if options["batch_size"] < 1:
            raise CommandError(_("--batch-size 至少为 1"))
        request = ImportRequest(
            path=file,
            mapping=options["mapping"],
            lists=options["rejects"] or Path(f"{file.name}.rejects.csv"),
            dry_run=options["dry_run"],
            adopt_clocks=options["adopt_clocks"],
            batch_size=options["batch_size"],
        )
        progress = _Progress(self)
        try:
            report = import_file(request, actor=SYSTEM, at=database_now(), progress=progress)
        except DeskError as error:
            raise CommandError(_worded(error)) from error
        self._print(report, request)

    def _print(self, report: ImportReport, request: ImportRequest) -> None:
        if report.already_done:
            self.stdout.write(_("此文件已按此映射全部导入，没有重复写入。当时的结果："))
        elif request.dry_run:
            self.stdout.write(_("试运行：没有写入任何工单。"))
        elif report.resumed_at:
            self.stdout.write(_("已从第 %d 条记录之后接着导入。") % report.resumed_at)
        tally = report.tally
        self.stdout.write(
            _("读取 %(read)d = 导入 %(imported)d + 并入重复 %(merged)d + 拒绝 %(refused)d")
            % {
                "read": tally.read,
                "imported": tally.imported,
                "merged": tally.merged,
                "refused": tally.refused,
            }
        )
        if not tally.adds_up or tally.read != report.rows:
            raise CommandError(_("行数对不上：文件共 %d 行。请报告此问题。") % report.rows)
        self._details(report)

    def _details(self, report: ImportReport) -> None:
        tally, write = report.tally, self.stdout.write
        words = _("其中未办结 %(open)d；新建单位 %(units)d")
        write(words % {"open": report.open_tickets, "units": report.units_created})
        write(
            _("重复行补全字段 %d 处，保留首值而未采用的不同值 %d 处")
            % (tally.filled, tally.conflicts)
        )
        reasons = {code: _without_details(Refused(code)) for code in tally.by_reason}
        self._counts(_("拒绝原因"), tally.by_reason, reasons)
        remarks = {code: str(REMARK_TEXT[Remark(code)]) for code in tally.by_remark}
        self._counts(_("导入时的处理"), tally.by_remark, remarks)
        if report.encoding:
            words = _("文字编码 %(encoding)s；空行 %(blank)d")
            write(words % {"encoding": report.encoding, "blank": report.blank_lines})
        write(_("逐行清单：%s（另有 .repeats.csv 与 .remarks.csv）") % report.lists)

    def _counts(self, title: str, counts: Mapping[str, int], words: Mapping[str, str]) -> None:
        if counts:
            self.stdout.write(f"{title}：")
        for code, count in sorted(counts.items(), key=lambda item: -item[1]):
            self.stdout.write(f"  {count:>9,}  {code}  {words[code]}")


class _Progress:
    """A line that renews itself on a terminal, and one line a tenth elsewhere."""

    def __init__(self, command: BaseCommand) -> None:
        self._out, self._started, self._tenth = command.stderr, time.monotonic(), 0

    def __call__(self, done: int, total: int) -> None:
        seconds = max(time.monotonic() - self._started, 0.001)
        line = f"{done:,} / {total:,}  ({done / seconds:,.0f}/s)"
        if sys.stderr.isatty():
            self._out.write(f"\r{line}", ending="" if done < total else "\n")
        elif done * 10 // max(total, 1) > self._tenth:
            self._tenth = done * 10 // max(total, 1)
            self._out.write(line)


def _without_details(code: Refused) -> str:
    return str(REFUSED_TEXT[code]) % defaultdict(lambda: "…")


def _worded(error: DeskError) -> str:
    """Message and fields: a field error says nothing without its field."""
    fields = [f"{name}: {'；'.join(map(str, texts))}" for name, texts in error.fields.items()]
    return "\n".join([str(error), *fields])
