"""Give parcels their waybill numbers: from the pool at once, by the interface later (SOP 2.g)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from core import bulk
from core.acts import TIMER, Actor, act, act_on, lock
from core.bulk import write_parts
from core.messages import Outgoing, send, send_all
from core.sweeping import locked as unlocked_now
from core.verdict import no
from orders.words import CARRIERS, Delivery
from staff.roles import Role
from staff.services.tell import tell
from warehouse.models import Parcel, Wave, WaybillNumber
from warehouse.selectors.papers import parcels_by_id
from warehouse.selectors.waybills import LOW, free_numbers, keys_of, message_of, sources_of
from warehouse.words import ParcelState, WaybillSource

VERB = "assign_waybill"
LATE = (ParcelState.SHIPPED, ParcelState.HANDED_OVER, ParcelState.STOPPED)


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many got a number, how many were asked for, how many wait for the scan."""

    given: int = 0
    asked: int = 0
    left: int = 0

    @property
    def said(self) -> str:
        parts = [
            (self.given, f"{self.given} 个取到了运单号"),
            (self.asked, f"{self.asked} 个正在向快递取号"),
            (self.left, f"{self.left} 个没有电子面单也没有号段，发货时扫面单上的运单号"),
        ]
        return "，".join(words for count, words in parts if count) or "都有运单号了"


def assign_waybills(
    parcels: Sequence[Parcel],
    *,
    by: Actor,
    now: datetime,
    wave: Wave | None = None,
    token: uuid.UUID | None = None,
) -> Assigned:
    """Numbers for those that have none (SOP 2.g). Raises Repeated."""
    rows: list[Any] = [wave] if wave else []
    with act_on(VERB, rows, by=by, now=now, token=token) as (_, log):
        done = assign(parcels, now=now)
        log.noted(f"取运单号：{done.said}", clause="2.g")
    return done


def assign(parcels: Sequence[Parcel], *, now: datetime) -> Assigned:
    """The same inside a running act, for one parcel or a whole wave."""
    wanting = [parcel for parcel in _locked(parcels) if _wants(parcel)]
    sources = sources_of(wanting)
    of: dict[WaybillSource, list[Parcel]] = defaultdict(list)
    for parcel in wanting:
        of[sources[parcel.pk]].append(parcel)
    short = _from_pool(of[WaybillSource.POOL], now)
    _ask(of[WaybillSource.EORDER], now)
    left = len(of[WaybillSource.SCAN]) + short
    return Assigned(len(of[WaybillSource.POOL]) - short, len(of[WaybillSource.EORDER]), left)


def _locked(parcels: Sequence[Parcel]) -> list[Parcel]:
    ids = [parcel.pk for parcel in parcels]
    rows = Parcel.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk"))
    return parcels_by_id(ids)


def _wants(parcel: Parcel) -> bool:
    """No number yet, not gone, and by a carrier; a platform's masked parcel gets its number there.

    Not before it is begun: what is taken back first would have spent a number.
    """
    late = parcel.state in LATE or parcel.state == ParcelState.QUEUED
    carried = parcel.order.delivery == Delivery.EXPRESS and bool(parcel.carrier)
    return not parcel.waybill and not late and carried and not parcel.order.masked


def _from_pool(parcels: Sequence[Parcel], now: datetime) -> int:
    """Numbers in their order, each once; says how many parcels found none."""
    short = 0
    by_carrier: dict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        by_carrier[parcel.carrier].append(parcel)
    for carrier, wanting in sorted(by_carrier.items()):
        numbers = list(unlocked_now(free_numbers(carrier))[: len(wanting)])
        short += len(wanting) - len(numbers)
        _give(list(zip(wanting, numbers, strict=False)), now)
        _warn_when_low(carrier, now)
    return short


def _give(pairs: Sequence[tuple[Parcel, WaybillNumber]], now: datetime) -> None:
    bulk.change(Parcel, ["waybill"], [[parcel.pk, number.number] for parcel, number in pairs])
    bulk.change(
        WaybillNumber,
        ["parcel", "used_at"],
        [[number.pk, parcel.pk, now] for parcel, number in pairs],
    )
    write_parts(
        "order",
        [
            [p.order_id, p.order.order_no, f"运单号 {n.number}（{p.number}）", "", []]
            for p, n in pairs
        ],
    )


def _warn_when_low(carrier: str, now: datetime) -> None:
    """Tell logistics once a day, while there is time to ask the carrier for more."""
    left = len(free_numbers(carrier).values_list("pk")[:LOW])
    if left < LOW:
        name = CARRIERS.get(carrier, carrier)
        text = f"{name}的运单号只剩 {left} 个，请向快递要新的号段。"
        key = f"waybills-low:{carrier}:{timezone.localtime(now):%Y%m%d}"
        tell(text, role=Role.LOGISTICS, url="/warehouse/waybills", key=key)


def _ask(parcels: Sequence[Parcel], now: datetime) -> None:
    """An act never calls out: a message for each."""
    keys = keys_of(parcels)
    send_all(
        (
            Outgoing(
                "waybill.get",
                message_of(keys[parcel.pk]),
                {"parcel": parcel.pk, "key": keys[parcel.pk]},
                order_no=parcel.order.order_no,
            )
            for parcel in parcels
        ),
        now=now,
    )


def granted(parcel: Parcel, number: str, mark: str, *, now: datetime, key: str = "") -> None:
    """The interface gave a number for a key (SOP 2.g). Raises Refused when another parcel has it.

    A parcel that was stopped, or labelled otherwise meanwhile, has no use for it: it is void.
    """
    with act(VERB, parcel, by=TIMER, now=now) as (row, log):
        other = Parcel.objects.filter(waybill=number).exclude(pk=row.pk)
        if other.exclude(state=ParcelState.STOPPED).exists():
            no("2.g", f"快递给了运单号 {number}，但它已经用在别的包裹上。").require()
        known = WaybillNumber.objects.filter(carrier=row.carrier, number=number).first()
        if known is not None:  # asked twice, answered twice
            return
        late = row.state in LATE or bool(row.waybill)
        made = WaybillNumber.objects.create(
            carrier=row.carrier,
            number=number,
            source=WaybillSource.EORDER,
            parcel=row,
            asked_as=key or row.number,
            mark=mark,
            added_at=now,
            used_at=now,
            voided_at=now if late else None,
        )
        if late:
            cancel_later(made, row, now)
            log.noted(f"运单号 {number} 来晚了，已作废", clause="2.g")
            return
        row.waybill = number
        log.noted(f"运单号 {number}（{row.number}）", clause="2.g")
        order = row.order
        write_parts(
            "order", [[order.pk, order.order_no, f"运单号 {number}（{row.number}）", "", []]]
        )


def cancel_later(number: WaybillNumber, parcel: Parcel, now: datetime) -> None:
    """Tell the issuer that the number will not be used."""
    send(
        "waybill.cancel",
        f"waybill-cancel:{number.pk}",
        {"number": number.pk},
        now=now,
        order_no=parcel.order.order_no,
    )


def scanned(parcel: Parcel, carrier: str, number: str, now: datetime) -> None:
    """The number on the box is the parcel's now, inside the act that ships it (SOP 2.g).

    Raises Refused for a number that is void or was given to another parcel (failure mode 30).
    """
    known = WaybillNumber.objects.filter(carrier=carrier, number=number).first()
    if known is None:
        return
    row = lock(known)
    if row.voided_at is not None:
        no("2.g", f"运单号 {number} 已作废，不能再用。", instead="换一张新的面单。").require()
    if row.parcel_id is None:
        row.parcel, row.used_at = parcel, now
    elif row.parcel_id != parcel.pk:
        no(
            "2.g",
            f"面单贴错了：运单号 {number} 是别的包裹的。",
            instead="核对包裹号，把面单换回去。",
        ).require()
