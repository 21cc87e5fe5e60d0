"""The demo's enquiries and complaints: open, and answered (SOP 7.c)."""

from __future__ import annotations

from aftersales.models import Case
from aftersales.services.questions import answer_case, open_question
from aftersales.words import CaseKind
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState

KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT})


def play(stage: Stage) -> None:
    """Each kind once open and once answered."""
    _ask(stage, CaseKind.ENQUIRY, "亚麻能不能机洗", "", 2)
    _ask(stage, CaseKind.COMPLAINT, "说好周三到，周五才到", "late", 3)
    case = _ask(stage, CaseKind.ENQUIRY, "有没有收纳袋", "", 26)
    answer_case(case, "配了收纳袋，在包裹夹层里。", by=stage.by("agent"), now=stage.ago(hours=25))


def _ask(stage: Stage, kind: CaseKind, asked: str, reason: str, hours: float) -> Case:
    goods = [(stage.sku("A1023"), 1)]
    order = enter(stage, "tel", stage.ago(days=6), OrderState.RECEIVED, lines=goods)
    said = Contacted(ContactChannel.TELEPHONE, KEYS, asked)
    by, now = stage.by("agent"), stage.ago(hours=hours)
    open_question(order, kind, asked, reason, by=by, now=now, contact=said)
    return Case.objects.select_related("order__shop", "version_of", "shop").latest("id")
