"""Outside systems: their keys, what buildings cry, and a call that is being typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

from complaints.enums import AlertEvent, AlertGrade, State, SystemKind
from complaints.models import Ticket
from complaints.services import alerts
from complaints.services.alerts import Alarm
from core.actors import SYSTEM, Actor
from core.models import MachineKey
from demo import accounts, names
from demo.services.ringing import HOTLINE, NAME
from demo.services.stage import Matter, Stage
from organisation.models import Building
from organisation.services import machine_keys
from organisation.services.machine_keys import NewKey
from organisation.services.posts import local_date
from residents.enums import CallDirection, CallState
from residents.models import Call
from residents.services import call_drafts, calls
from residents.services.calls import Report

LIFT, FIRE = SystemKind.LIFT, SystemKind.FIRE
RAISED, CLEARED = AlertEvent.RAISED, AlertEvent.CLEARED
#: it cries, is well again, and cries again: one ticket all the same
FLAPPING: Final = 9
EVERY: Final = timedelta(minutes=4)
LOOKED_AT: Final = {
    "LIFT-01-2": "维保人员已到场，电梯停用，正在更换门机皮带。",
    "FIRE-01": "消控主机已复位，明天更换备用电池。",
    "PUMP-02": "已切换到备用泵，主泵送检。",
}


def play(stage: Stage) -> None:
    building = _key(stage, "星河湾楼宇自控系统", "alerts.report", days=300)
    exchange = _key(stage, NAME, "calls.report", days=30)
    _other_keys(stage)
    _alarms(stage, Actor.machine(building.pk))
    _calls(stage, Actor.machine(exchange.pk))


def _key(stage: Stage, name: str, scope: str, *, days: int) -> MachineKey:
    new = NewKey(name, [scope], ["JK"], stage.at + timedelta(days=days))
    key = machine_keys.issue(new, actor=SYSTEM, at=stage.ago(days=60)).key
    MachineKey.objects.filter(pk=key.pk).update(last_used_on=local_date(stage.at))
    return key


def _other_keys(stage: Stage) -> None:
    """One whose secret is being exchanged, and one that has ended."""
    rotated = _key(stage, "业主 App 后端", "tickets.create", days=20)
    machine_keys.rotate(
        rotated, expires_at=stage.at + timedelta(days=365), overlap=timedelta(days=14),
        actor=SYSTEM, at=stage.ago(days=2),
    )  # fmt: skip
    ended = _key(stage, "旧呼叫中心（已停用）", "calls.report", days=200)
    machine_keys.revoke(ended, actor=SYSTEM, at=stage.ago(days=21))


def _alarms(stage: Stage, system: Actor) -> None:
    here = Building.objects.filter(unit=stage.here).order_by("pk").first()

    def cry(
        kind: SystemKind, device: str, code: str, grade: AlertGrade, place: str,
        event: AlertEvent = RAISED, **ago: float,
    ) -> None:  # fmt: skip
        at = stage.ago(**ago)
        alarm = Alarm(
            system_kind=kind, device_id=device, alarm_code=code, grade=grade, event=event,
            occurred_at=at, unit_code=stage.here.code, building=here.name if here else "",
            place=place,
        )  # fmt: skip
        alert = alerts.take_in(alarm, actor=system, at=at).alert
        if device in LOOKED_AT and event is RAISED and alert is not None:
            _look_at(stage, alert.ticket, LOOKED_AT[device])

    cry(FIRE, "FIRE-01", "fault", AlertGrade.MINOR, "1 栋消防控制室", days=1)
    cry(FIRE, "FIRE-01", "fault", AlertGrade.MINOR, "1 栋消防控制室", CLEARED, hours=20)
    cry(SystemKind.WATER, "PUMP-02", "pressure_low", AlertGrade.MAJOR, "生活水泵房", hours=8)
    lift = ("LIFT-01-2", "door_fault", AlertGrade.MAJOR, "1 栋 2 号梯")
    for turn in range(FLAPPING):
        since = timedelta(hours=5) - turn * 2 * EVERY
        cry(LIFT, *lift, RAISED, seconds=since.total_seconds())
        cry(LIFT, *lift, CLEARED, seconds=(since - EVERY).total_seconds())
    cry(LIFT, *lift, RAISED, hours=3)
    cry(LIFT, "LIFT-01-1", "entrapment", AlertGrade.CRITICAL, "1 栋 1 号梯", minutes=9)


def _look_at(stage: Stage, ticket: Ticket, words: str) -> None:
    """Once: who is there need not be called again by each further alarm."""
    if ticket.state == State.ASSIGNED:
        case = Matter(stage, ticket, ticket.received_at).later(minutes=12).accept()
        case.reply(words)


def _calls(stage: Stage, exchange: Actor) -> None:
    """For the agent: one on the line with words typed, one missed, one dealt with."""
    number = f"+86{accounts.RESIDENT_PHONE}"
    open_one = _call(stage, exchange, number, 4, CallState.ANSWERED)
    open_one.subject_id = stage.residents[0].subject_id
    typed = {"kind": ["repair"], "body": ["阳台门修好了，但是纱窗又卡住了，麻烦师傅一起看看"]}
    call_drafts.keep(open_one, typed, at=stage.at)
    waiting = _call(stage, exchange, names.mobile(15), 47, CallState.ANSWERED, CallState.ENDED)
    call_drafts.keep(
        waiting, {"kind": ["complaint"], "body": ["地库入口地面打滑，昨天有人摔倒"]}, at=stage.at
    )
    done = _call(stage, exchange, names.mobile(17), 90, CallState.ANSWERED, CallState.ENDED)
    calls.settle(done, at=stage.ago(minutes=80))


def _call(stage: Stage, exchange: Actor, number: str, minutes: int, *states: CallState) -> Call:
    call_id = f"demo-{uuid4().hex}"
    for place, state in enumerate((CallState.RINGING, *states)):
        at = stage.ago(minutes=minutes - place)
        said = Report(
            call_id=call_id, state=state, direction=CallDirection.INBOUND, caller=number,
            called=HOTLINE, agent="agent", occurred_at=at,
        )  # fmt: skip
        call = calls.report(said, actor=exchange, at=at).call
    return call
