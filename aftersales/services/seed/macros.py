"""The demo's macros, and one that was used (快捷)."""

from __future__ import annotations

from typing import Any

from aftersales.models import Case, Macro
from aftersales.services.acting import order_of
from aftersales.services.macros import save_macro, use_macro
from aftersales.words import CaseKind, MacroAct
from orders.services.seed.demo.stage import Stage

MACROS: tuple[dict[str, Any], ...] = (
    {"name": "去查一下", "does": MacroAct.NOTE.value, "text": "答应买家去查", "days": 1},
    {"name": "再想想", "does": MacroAct.HOLD.value, "text": "买家考虑", "days": 3},
    {"name": "要照片", "does": MacroAct.ASK.value, "text": "请拍照片"},
)
SENTENCES = ("macro.checking", "macro.considers", "macro.photos")


def play(stage: Stage) -> None:
    """One of each kind; a complaint's customer is asked for photos."""
    by, now = stage.by("senior"), stage.ago(days=3)
    for values, sentence in zip(MACROS, SENTENCES, strict=True):
        save_macro(Macro(), {**values, "sentence": sentence}, by=by, now=now)
    rows = Case.objects.filter(kind=CaseKind.COMPLAINT.value, ended_at=None)
    case = rows.select_related("order__shop", "version_of", "shop").first()
    if case is not None:
        macro = Macro.objects.get(name="要照片")
        by = stage.by("agent")
        use_macro(macro, order_of(case), case, by=by, now=stage.ago(hours=0.5))
