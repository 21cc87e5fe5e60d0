"""Papers of the parcel in hand, at the station: slip, label, another waybill (SOP 2.c, 2.g)."""

from __future__ import annotations

from core.verdict import Refused, no
from warehouse import codes
from warehouse.models import Parcel, Scan
from warehouse.selectors.papers import parcels_by_id
from warehouse.selectors.parcels import seen_by
from warehouse.services.papers.ask import Lacking, print_papers
from warehouse.services.scanned import Scanned, Told
from warehouse.services.waybills.replace import replace_waybill
from warehouse.words import Command, Paper

PAPERS = {Command.SLIP: Paper.SLIP, Command.LABEL: Paper.LABEL}


def reprint(scanned: Scanned, paper: Paper) -> Told:
    """Print the paper, for the first or a further time; it is counted (SOP 2.c). Raises Refused."""
    parcel = _meant(scanned)
    nth = _print(scanned, parcel, paper, f"{scanned.station.label}重打")
    again = f"，第 {nth} 次" if nth > 1 else ""
    hint = "旧的当场撕掉。" if nth > 1 else ""
    return Told(parcel, f"打印{paper.label} {parcel.number}{again}", hint)


def another_waybill(scanned: Scanned) -> Told:
    """The label in hand is spoiled: another number and its label (SOP 2.g). Raises Refused."""
    parcel, why = _meant(scanned), f"面单坏了（{scanned.station.label}）"
    old = parcel.waybill
    given = replace_waybill(parcel, why, by=scanned.by, now=scanned.now)
    parcel.refresh_from_db(fields=["waybill"])
    if not parcel.waybill:
        return Told(parcel, f"{old} 已作废，{given.said}", "旧面单当场撕掉；有了新号扫 CMD:LABEL。")
    _print(scanned, parcel, Paper.LABEL, f"换运单号：{why}")
    return Told(parcel, f"换成 {parcel.waybill}，{old} 已作废", "撕掉旧面单，贴新的。")


def _meant(scanned: Scanned) -> Parcel:
    """The parcel in hand, else the one whose slip was just scanned and refused."""
    in_hand = seen_by(scanned.user, scanned.in_hand)
    if in_hand is not None:
        return in_hand
    last = Scan.objects.filter(by=scanned.user, station=scanned.station.value).order_by("-id")
    code = next((codes.read(each.code) for each in last[:1]), None)
    found = None
    if code is not None and code.kind is codes.Kind.PARCEL:
        found = seen_by(scanned.user, code.value)
    if found is None:
        raise Refused(no("2.c", "手上没有包裹", instead="先扫底单上的包裹号。"))
    return found


def _print(scanned: Scanned, parcel: Parcel, paper: Paper, reason: str) -> int:
    try:
        job = print_papers(
            paper, parcels_by_id([parcel.pk]), user=scanned.user, now=scanned.now, reason=reason
        )
    except Lacking as lacking:
        faults = "、".join(each.chars for each in lacking.found[0].lacks)
        raise Refused(
            no("2.c", f"字库里没有“{faults}”，没有打", instead="到打印页面打，缺的字用笔补上。")
        ) from lacking
    return int(job.params["parcels"][0][1])
