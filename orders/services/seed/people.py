"""People who do not exist: names, accounts, telephones and addresses that look real.

Deterministic: the same `Random` gives the same people. Telephones have three zeros behind the
prefix (`138 000…`), so that nobody takes them for somebody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from orders.addresses.divisions import DISTRICT, Division, table
from orders.policy import Receiving

# By how common they are: the first ten surnames are those of four people in ten.
_SURNAMES = (
    "王王王王王王王李李李李李李李张张张张张张刘刘刘刘刘陈陈陈陈杨杨杨赵赵黄黄周周吴吴徐孙胡朱高林何郭"
    "马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
)
_DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛")
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国玉兰志红梅春燕海波文斌晓雪宇轩浩然子涵欣怡梓"
    "萱思远若曦嘉诚雨桐佳琪天翔俊峰慧玲婷婷立新美玲永康少华振东瑞雪凯旋博文书瑶一诺晨曦"
)
_UYGHUR = ("阿不都", "买买提", "古丽", "阿依", "艾合买提", "吐尔逊", "热依汗", "帕提古丽", "木拉提")
_FATHERS = ("热合曼", "艾力", "卡德尔", "玉素甫", "依明", "肉孜", "沙吾提", "吾守尔", "尼亚孜")
_PREFIXES = (
    *("130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152"),
    *("155", "157", "158", "159", "176", "177", "180", "181", "185", "186", "187", "188", "189"),
)
_ROADS = (
    *("中山路", "人民路", "解放路", "建设路", "文化路", "和平路", "长江路", "新华路", "友谊街"),
    *("朝阳街", "迎宾大道", "科技路", "育才路", "滨河路", "工业大道", "学府路", "东风路", "光明街"),
)
_HOMES = (
    "锦绣花园",
    "阳光小区",
    "翠湖苑",
    "幸福里",
    "金色家园",
    "紫荆公寓",
    "书香名邸",
    "滨江一号",
)
_WORK = ("创业大厦", "国际广场", "软件园二期", "商贸城", "科创中心", "写字楼东座")
_PINYIN = ("xiao", "mao", "tian", "yun", "qing", "lan", "feng", "yu", "xing", "yue", "shan", "bei")
_NICKS = (
    "小鱼儿",
    "爱吃糖的猫",
    "风轻云淡",
    "晴天娃娃",
    "一叶知秋",
    "糖糖妈咪",
    "阿杰",
    "大海的鱼",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who orders: what an order knows of the buyer and the receiver."""

    name: str
    mobile: str
    telephone: str
    wangwang: str
    qq: str
    region: Division
    street: str

    @property
    def receiving(self) -> Receiving:
        region = self.region
        return Receiving(
            consignee=self.name,
            mobile=self.mobile,
            telephone=self.telephone,
            province=region.province,
            city=region.city,
            district=region.district,
            street=self.street,
        )


def person(rng: Random, number: int) -> Person:
    """One more person; `number` makes the accounts theirs alone."""
    pick = rng.random()
    return Person(
        name=name(rng),
        mobile=mobile(rng),
        telephone=f"0{rng.randrange(311, 999)}-8000{rng.randrange(1000, 9999)}"
        if pick < 0.03
        else "",
        wangwang=wangwang(rng, number),
        qq=str(100_000_000 + number * 48_271 % 3_000_000_000) if pick > 0.7 else "",
        region=region(rng),
        street=street(rng),
    )


def name(rng: Random) -> str:
    """A surname by its share, one or two characters behind it; one in a hundred has a long name."""
    draw = rng.random()
    if draw > 0.99:
        return f"{rng.choice(_UYGHUR)}{rng.choice(_GIVEN)}·{rng.choice(_FATHERS)}"
    surname = rng.choice(_DOUBLE_SURNAMES) if draw < 0.005 else rng.choice(_SURNAMES)
    given = rng.choice(_GIVEN)
    return surname + given + (rng.choice(_GIVEN) if draw > 0.2 else "")


def mobile(rng: Random) -> str:
    return f"{rng.choice(_PREFIXES)}000{rng.randrange(100_000):05d}"


def wangwang(rng: Random, number: int) -> str:
    """Latin or Chinese with a number behind it, as such accounts are."""
    behind = number * 7_919 % 10_000_000
    if rng.random() < 0.6:
        return f"{rng.choice(_PINYIN)}{rng.choice(_PINYIN)}{behind}"
    return f"{rng.choice(_NICKS)}{behind}"


def region(rng: Random) -> Division:
    """Any district of the country but those of nobody's post."""
    return rng.choice(_districts())


_known: list[Division] = []


def _districts() -> list[Division]:
    if not _known:
        _known.extend(
            d for d in table().by_code.values() if d.level == DISTRICT and d.city and d.district
        )
    return _known


def street(rng: Random) -> str:
    """A road with a number, and a home or an office on it."""
    road = f"{rng.choice(_ROADS)}{rng.randrange(1, 400)}号"
    if rng.random() < 0.75:
        building, unit = rng.randrange(1, 30), rng.randrange(1, 5)
        room = rng.randrange(1, 33) * 100 + rng.randrange(1, 5)
        return f"{road}{rng.choice(_HOMES)}{building}栋{unit}单元{room}室"
    return f"{road}{rng.choice(_WORK)}{rng.randrange(2, 30)}楼"
