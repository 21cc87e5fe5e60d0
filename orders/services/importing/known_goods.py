"""Goods of an order that is here already: what a newer export says of them (SOP 5.a)."""

from __future__ import annotations

from collections.abc import Sequence

from core.acts import Change
from core.tables.cells import plain
from orders.models import OrderLine
from orders.services.importing.goods import signature, summary
from orders.services.importing.update import BEGUN, IN_HAND, Update
from orders.services.stocking import let_go
from orders.words import HoldKind


def follow_goods(each: Update) -> None:
    """Other goods than before: the buyer changed them there, or the details came only now."""
    order, record = each.order, each.record
    if not record.lines or order.state not in IN_HAND | BEGUN:
        return
    theirs, known = signature(record.lines), order.before_hand.get("lines")
    if known is not None:
        _conflicting_lines(each, theirs, known)
        return
    lines = list(order.lines.all())
    ours = [[line.code, line.title, line.spec, str(line.quantity)] for line in lines]
    if _same(ours, theirs):
        if order.lines_unclear != record.lines_unclear:
            each.put("lines_unclear", record.lines_unclear)
            each.restock = True
        return
    if order.state in BEGUN:
        text = "买家在平台上改了商品，仓库已经开始配货，请仓库拦下后再改。"
        each.hold(HoldKind.REVIEW, "import:changed", text, stop=True)
        return
    _replace_lines(each, lines)


def _same(ours: list[list[str]], theirs: list[list[str]]) -> bool:
    """Codes that one side lacks (an export without that column) do not count, nor does the width
    of a colon: a file and the platform's interface write it differently."""
    return len(ours) == len(theirs) and all(
        all(plain(a) == plain(b) or not a or not b for a, b in zip(one, other, strict=True))
        for one, other in zip(ours, theirs, strict=True)
    )


def _conflicting_lines(each: Update, theirs: list[list[str]], known: list[list[str]]) -> None:
    if _same(known, theirs):
        return
    each.order.before_hand = each.order.before_hand | {"lines": theirs}
    there = summary(each.record.lines)
    text = f"平台上的商品又改过，和手工换的不一样，请和买家核对。平台“{there}”，"
    text += f"我们“{each.order.goods_summary}”"
    each.hold(HoldKind.REVIEW, "import:lines", text, stop=each.order.state in BEGUN)


def _replace_lines(each: Update, old: Sequence[OrderLine]) -> None:
    order, record = each.order, each.record
    before = order.goods_summary
    each.restock = True
    for line in old:
        each.freed += let_go(line, order, each.now)
        line.delete()
    for told in record.lines:
        sku = each.goods.sku(told)
        OrderLine.objects.create(
            order=order,
            sku=sku,
            platform_line_no=told.line_no,
            code=told.code or (sku.code if sku else told.sku_id or told.item_id),
            style_no=sku.style_no if sku else "",
            title=told.title,
            colour=told.colour or (sku.colour if sku else ""),
            size=told.size or (sku.size if sku else ""),
            spec=told.spec,
            quantity=told.quantity,
            price=told.price,
            amount=told.amount,
        )
    each.put("lines_unclear", record.lines_unclear)
    order.goods_summary = summary(record.lines)
    order.goods_count = sum(line.quantity for line in record.lines)
    each.changes.append(Change("商品", before, order.goods_summary))
    if order.released_at is not None:
        text = "买家在平台上改了商品，已收回下发，核对后重新下发。"
        each.hold(HoldKind.REVIEW, "import:changed", text)
