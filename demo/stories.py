"""What residents of the demo write about, and how often: category, kind, words, answer."""

from __future__ import annotations

from dataclasses import dataclass

from complaints.enums import Kind, Severity


@dataclass(frozen=True, slots=True)
class Story:
    weight: int
    kind: Kind
    category: str
    severity: Severity
    policy: str
    role: str
    body: str
    reply: str


N, U, S, F = Severity.ORDINARY, Severity.URGENT, Severity.SERIOUS, Severity.SAFETY

STORIES = (
    Story(16, Kind.REPAIR, "engineering.water", N, "repair_ordinary", "engineer",
          "厨房下水管渗水，柜子已经泡湿了，请安排师傅上门。", "已更换密封圈并试水，不再渗漏。"),
    Story(8, Kind.REPAIR, "engineering.water", U, "repair_urgent", "engineer",
          "卫生间水管爆裂，水漫到客厅了！", "已关阀抢修，管道更换完毕，地面已清理。"),
    Story(10, Kind.REPAIR, "engineering.electric", N, "repair_ordinary", "engineer",
          "楼道感应灯不亮，晚上很黑，老人上下楼不方便。", "已更换感应灯，测试正常。"),
    Story(6, Kind.COMPLAINT, "lifts", N, "complaint_ordinary", "steward",
          "2 号电梯这周第三次停运，等了二十分钟。", "维保单位已更换门机变频器，连续观察三天正常。"),
    Story(1, Kind.INCIDENT, "lifts", F, "safety", "engineer",
          "有人被困在电梯里，请马上救援！", "救援人员 9 分钟内到场，被困人员平安，电梯停用检修。"),
    Story(10, Kind.COMPLAINT, "noise", N, "complaint_ordinary", "steward",
          "楼上装修中午还在用电钻，孩子没法午睡。", "已约谈施工方，限定施工时段并每日巡查。"),
    Story(9, Kind.COMPLAINT, "parking", N, "complaint_ordinary", "steward",
          "外来车辆长期占用我的固定车位。", "已联系车主挪车，并在车位加装地锁。"),
    Story(7, Kind.COMPLAINT, "cleaning", N, "complaint_ordinary", "steward",
          "单元门口垃圾桶两天没清，味道很大。", "已清运并消杀，调整为每日两次清运。"),
    Story(4, Kind.COMPLAINT, "greening", N, "complaint_ordinary", "steward",
          "楼前树枝挡住一楼采光，希望修剪。", "绿化组已完成修剪。"),
    Story(5, Kind.COMPLAINT, "security", S, "complaint_serious", "project_manager",
          "陌生人随意进出单元楼推销，门禁形同虚设。", "已加强门岗核验，损坏的门禁已修复。"),
    Story(6, Kind.INQUIRY, "fees", N, "inquiry", "steward",
          "请问这个季度的公摊水电费是怎么计算的？", "已发送公摊明细并电话说明。"),
    Story(4, Kind.INQUIRY, "renovation", N, "inquiry", "steward",
          "装修押金什么时候可以退？需要带什么材料？", "验收合格后 15 个工作日内退还，请带收据。"),
    Story(3, Kind.SUGGESTION, "public_facilities", N, "inquiry", "project_manager",
          "建议在儿童乐园加装遮阳棚和长椅。", "已列入本季度改造计划，感谢您的建议。"),
    Story(3, Kind.PRAISE, "community_services", N, "inquiry", "steward",
          "管家帮老人把快递送到家，特别感谢！", "感谢您的肯定，我们会继续努力。"),
    Story(4, Kind.COMPLAINT, "environment", N, "complaint_ordinary", "project_manager",
          "小区外餐馆油烟直排，影响居住。", "已联合街道约谈商户，油烟净化设备已安装。"),
    Story(2, Kind.COMPLAINT, "engineering.heating", S, "complaint_serious", "engineer",
          "家里暖气不热，室温只有 14 度，有婴儿。", "已排气并调整阀门，室温恢复到 20 度。"),
)  # fmt: skip

NOTES = ("已电话联系住户，约定上门时间。", "等待维保单位报价。", "现场照片已核对，情况属实。")
COMMENTS = ("处理及时，谢谢。", "问题解决了，就是等得有点久。", "师傅很专业。", "")
SATISFIED = ("回访：住户表示已解决，态度满意。", "回访：问题已处理好，住户没有其他意见。")
ORDERS = ("今天之内给住户明确答复，进展直接报我。", "请项目经理到现场处理，明早向我说明结果。")
