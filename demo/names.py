"""Made-up names, repeatable from a seed."""

from __future__ import annotations

from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞红鑫波斌宇浩凯健俊帆雪琳晨辉"
COMMUNITIES = (
    "星河湾", "云栖苑", "锦绣华庭", "翡翠城", "东方雅居", "山水国际", "御景半岛", "集美东方",
    "博翠江南", "观澜府", "天元道", "廊桥水乡", "阳光小镇", "梧桐里", "中央公园", "枫丹白鹭",
)  # fmt: skip


def person(random: Random) -> str:
    length = 2 if random.random() < 0.75 else 1
    return random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=length))


def mobile(number: int) -> str:
    """The n-th made-up mobile number, in E.164; prefixes are those of real operators."""
    prefixes = ("138", "139", "150", "186", "177", "159")
    return f"+86{prefixes[number % 6]}{10_000_000 + number // 6 * 7 % 89_999_999:08d}"


def community(place: int) -> str:
    name = COMMUNITIES[place % len(COMMUNITIES)]
    again = place // len(COMMUNITIES)
    return f"{name}{again + 1}期" if again else name
