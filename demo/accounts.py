"""The accounts of the demo. They exist in demo mode alone."""

from __future__ import annotations

from dataclasses import dataclass

from console.demo_accounts import DemoAccount
from organisation.models import Staff

PASSWORD = "jinke-demo-2026"  # noqa: S105  # printed at start; demo mode alone
RESIDENT_PHONE = "13800001234"


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    role: str
    does: str


STAFF = (
    Account("agent", "hotline_agent", "400 坐席：接听、登记"),
    Account("steward", "steward", "管家：处理、答复、解决"),
    Account("engineer", "engineer", "工程师：手机上接单、处理、解决"),
    Account("dispatcher", "dispatcher", "调度员：退单后重新派单"),
    Account("manager", "project_manager", "项目经理：一级升级"),
    Account("region", "region_service_head", "区域客服负责人：二级升级"),
    Account("general", "region_general_manager", "区域总经理：三级升级"),
    Account("executive", "group_executive", "集团分管高管：四级升级"),
    Account("quality", "quality_manager", "品质经理：季度抽样"),
    Account("inspector", "inspector", "检查员：逐件检查"),
    Account("privacy", "privacy_officer", "个人信息保护负责人"),
    Account("approver", "privacy_approver", "个人信息请求审批人"),
    Account("account", "key_account_manager", "大客户经理：大客户专属路径"),
    Account("discipline", "discipline_inspector", "纪检监察员：廉政举报"),
    Account("procurement", "procurement_manager", "采购经理：供应商、合同、评级"),
    Account("legal", "legal_counsel", "法务专员：知识产权通知"),
    Account("admin", "administrator", "管理员：组织、后台"),
)


def on_the_sign_in_page() -> list[DemoAccount]:
    """Those that exist, with the names of the people they belong to."""
    names = dict(
        Staff.objects.filter(username__in=[account.username for account in STAFF]).values_list(
            "username", "name"
        )
    )
    return [
        DemoAccount(account.username, PASSWORD, names[account.username], account.does)
        for account in STAFF
        if account.username in names
    ]


def text() -> str:
    lines = [f"  {account.username:<10} {account.does}" for account in STAFF]
    return "\n".join(
        [
            f"演示账号（密码均为 {PASSWORD}）：",
            *lines,
            f"住户：手机号 {RESIDENT_PHONE}，验证码在 /demo/messages/ 查看",
        ]
    )
