"""Pack: the goods go into a box that holds them (SOP 2.f)."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor, Change
from core.verdict import no
from warehouse import policy
from warehouse.models import Box, Parcel
from warehouse.models.packing import boxes_in_use
from warehouse.selectors.parcels import size_of
from warehouse.services.steps import parcel_act, require
from warehouse.words import Step


def pack(parcel: Parcel, box_code: str, *, by: Actor, now: datetime) -> Parcel:
    """Put a verified parcel's goods into a box; '' takes the smallest that fits (SOP 2.f).

    Raises Refused, Barred.
    """
    with parcel_act("pack", parcel, by=by, now=now) as (order, row, log):
        require(row, Step.PACK)
        box = _box(box_code, row)
        row.pack(now, box.code)
        order.pack()
        log.changed([Change("状态", "配货中", "已打包")], order)
        log.noted(f"打包 {row.number}：{box.name}", clause="2.f")
    return row


def _box(code: str, parcel: Parcel) -> Box:
    goods_g, pieces = parcel.expected_g, sum(line.quantity for line in parcel.goods)
    boxes = {box.code: box for box in boxes_in_use()}
    if not code:
        facts = [box.fact() for box in boxes.values()]
        best = policy.best_box(facts, goods_g, pieces, size_of(parcel.goods))
        if best is None:
            no(
                "2.f",
                "没有装得下的箱型",
                instead="扫大箱子的箱码，或请负责人在“箱型和运费”里加箱型。",
            ).require()
            raise AssertionError
        return boxes[best.code]
    if code not in boxes:
        known = "、".join(boxes) or "还没有箱型"
        no("2.f", f"没有箱型 {code}", instead=f"现有：{known}。").require()
    policy.may_use_box(boxes[code].fact(), goods_g, pieces).require()
    return boxes[code]
