"""The demo's guidance for using the product: in use, changed, withdrawn, sent (SOP 7.d)."""

from __future__ import annotations

from dataclasses import replace

from aftersales.models import Case
from aftersales.services.articles import (
    Draft,
    change_article,
    send_article,
    withdraw_article,
    write_article,
)
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage
from orders.words import ContactChannel

ENQUIRY, COMPLAINT = "enquiry", "complaint"
LINEN = Draft(
    "亚麻衬衫怎么洗",
    "1. 30 度以下手洗，或者装洗衣袋轻柔机洗。\n2. 深色的第一次单独洗，加一小勺盐。\n"
    "3. 不要拧、不要烘干，阴凉处晾。\n\n半干的时候熨最平，温度选“麻”。",
    ("洗涤", "亚麻", "熨烫"),
    ("A1023",),
    (ENQUIRY,),
)
SIZES = Draft(
    "怎么选尺码",
    "身高、体重、平时穿的尺码告诉我，我帮您对尺码表。\n\n"
    "在两个尺码中间的：喜欢宽松选大的，贴身选小的。",
    ("尺码",),
    (),
    (ENQUIRY, "exchange"),
)
ZIP = Draft(
    "拉链卡住怎么办",
    "1. 不要硬拉。\n2. 在拉链齿上涂一点蜡或者铅笔芯。\n3. 来回慢慢拉几次。\n\n"
    "还不行的，拍张照片发给我，我帮您办。",
    ("拉链",),
    ("B2051", "C3012"),
    (ENQUIRY, COMPLAINT),
)


def play(stage: Stage) -> None:
    """Three in use, one of them in its second version, and one that is out of use."""
    by = stage.by("senior")
    first = replace(LINEN, body="30 度以下手洗。")
    linen = write_article(first, by=by, now=stage.ago(days=9))
    change_article(linen, LINEN, by=by, now=stage.ago(days=6))
    for draft, days in ((SIZES, 5), (ZIP, 4)):
        write_article(draft, by=by, now=stage.ago(days=days))
    old = write_article(Draft("包装袋怎么退押金", "去年的活动。"), by=by, now=stage.ago(days=60))
    withdraw_article(old, by=by, now=stage.ago(days=20))
    case = Case.objects.filter(kind=ENQUIRY, ended_at=None).select_related("order").first()
    if case is not None and case.order is not None:
        said = Contacted(ContactChannel.WANGWANG, frozenset(), "亚麻能不能机洗")
        by, now = stage.by("agent"), stage.ago(hours=1)
        send_article(case.order, linen, case=case, by=by, now=now, contact=said)
