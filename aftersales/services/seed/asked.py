"""The demo's cases of which no goods come back: questions, partial refunds (SOP 7.c, 1.5.d)."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from aftersales.models import Case
from aftersales.services.evidence import FOLDER
from aftersales.services.partial import (
    PartOfMoney,
    hear_decisions,
    open_partial,
    request_partial,
)
from aftersales.services.questions import answer_case, open_question
from aftersales.words import CaseKind
from core.evidence.keeping import Kept, keep
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState
from refunds.models import Refund
from refunds.services.decide import return_refund

KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT})


def play(stage: Stage) -> None:
    """Each kind once open and once answered."""
    _ask(stage, CaseKind.ENQUIRY, "亚麻能不能机洗", "", 2)
    _ask(stage, CaseKind.COMPLAINT, "说好周三到，周五才到", "late", 3)
    case = _ask(stage, CaseKind.ENQUIRY, "有没有收纳袋", "", 26)
    answer_case(case, "配了收纳袋，在包裹夹层里。", by=stage.by("agent"), now=stage.ago(hours=25))
    _partial(stage)


def _partial(stage: Stage) -> None:
    """One whose photos are waited for, one to be asked for, one with the supervisor, one back."""
    for hours, pictures, requested in ((30, 0, False), (6, 1, False), (20, 1, True), (28, 1, True)):
        order = enter(
            stage, "tel", stage.ago(days=7), OrderState.RECEIVED, lines=[(stage.sku("A1023"), 1)]
        )
        line, by, at = order.lines.get(), stage.by("agent"), stage.ago(hours=hours)
        asked = PartOfMoney("quality", Decimal("15.00"), "袖口开线，买家愿意留下", {line.pk: 1})
        said = Contacted(ContactChannel.WANGWANG, KEYS, "袖口开线了，退点钱就算了")
        open_partial(order, asked, by=by, now=at, contact=said, evidence=_pictures(pictures))
        if requested:
            request_partial(_newest(), asked.amount, "老客户", by=by, now=at + timedelta(hours=1))
    _given_back(stage)


def _given_back(stage: Stage) -> None:
    """The supervisor wants to see more of the newest."""
    refund = Refund.objects.select_related("order__shop").latest("id")
    by = stage.by("supervisor")
    return_refund(refund.order, refund, "请补一张面单的照片", by=by, now=stage.ago(hours=3))
    hear_decisions(stage.now)


def _pictures(count: int) -> list[Kept]:
    """Files as a customer would send them."""
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "#b8c4d0").save(picture, "JPEG")
    return keep([SimpleUploadedFile("袖口.jpg", picture.getvalue())] * count, FOLDER)


def _newest() -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").latest("id")


def _ask(stage: Stage, kind: CaseKind, asked: str, reason: str, hours: float) -> Case:
    goods = [(stage.sku("A1023"), 1)]
    order = enter(stage, "tel", stage.ago(days=6), OrderState.RECEIVED, lines=goods)
    said = Contacted(ContactChannel.TELEPHONE, KEYS, asked)
    by, now = stage.by("agent"), stage.ago(hours=hours)
    open_question(order, kind, asked, reason, by=by, now=now, contact=said)
    return _newest()
