"""What kind of matter words sound like. It only proposes, so that a doubt stays a complaint."""

import pytest

from complaints.enums import Kind
from complaints.kind_words import sounds_like


@pytest.mark.parametrize(
    ("text", "category", "kind"),
    [
        ("厨房水管漏水，地板都泡了", "engineering.water", Kind.REPAIR),
        ("空调不制冷", "engineering.heating", Kind.REPAIR),
        ("电梯门夹人", "lifts", Kind.REPAIR),
        ("道闸坏了", "parking", Kind.REPAIR),
        ("请问能来修一下马桶吗", "engineering.water", Kind.REPAIR),
        ("报修三次了，一直没人来", "engineering.water", Kind.COMPLAINT),
        ("我要投诉电梯", "lifts", Kind.COMPLAINT),
        ("楼上半夜装修很吵", "noise", Kind.COMPLAINT),
        ("邻居把我家门砸坏了", "neighbours", Kind.COMPLAINT),
        ("垃圾没人清", "cleaning", Kind.COMPLAINT),
        ("想问一下物业费怎么交", "fees", Kind.INQUIRY),
        ("门禁卡办理要带什么", "security", Kind.INQUIRY),
        ("建议路灯亮一些", "engineering.electric", Kind.SUGGESTION),
        ("表扬保安小王", "security", Kind.PRAISE),
        ("家里突然停电了", "engineering.electric", Kind.REPAIR),
        ("请问明天停水吗", "engineering.water", Kind.INQUIRY),
        ("想咨询一下维修基金怎么查", "fees", Kind.INQUIRY),
        ("咨询专项维修资金", "fees", Kind.INQUIRY),
        ("故意弄坏了我的车，要求赔偿", "parking", Kind.COMPLAINT),
        ("电梯里有人遛狗不牵绳", "lifts", Kind.COMPLAINT),
        ("公共设施占用消防通道", "public_facilities", Kind.COMPLAINT),
        ("", "", Kind.COMPLAINT),
        ("有人偷电瓶车", "", Kind.COMPLAINT),
    ],
)
def test_words_say_the_kind(text, category, kind):
    assert sounds_like(text, category) is kind
