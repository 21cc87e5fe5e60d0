"""Ask the interface for waybill numbers, and tell it which are void (SOP 2.g)."""

from __future__ import annotations

from django.utils import timezone

from connectors import eorder
from connectors.answers import Rejected
from connectors.waybills import Person, Wanted, WaybillIssuer
from core.messages import Unhandleable, handles
from core.models import OutboxMessage
from core.verdict import Refused
from orders.models import Order, Shop
from orders.selectors.account import credentials_of
from warehouse.models import Parcel, WaybillNumber
from warehouse.services.waybills.assign import LATE, granted
from warehouse.services.waybills.void import void_told


def issuer_of(shop: Shop) -> tuple[WaybillIssuer, Person]:
    """The shop's issuer, and the sender that it agreed with its carriers. Raises NoAccount."""
    account = credentials_of(shop, "eorder", eorder.Account)
    return eorder.Eorder(account), account.sender


@handles("waybill.get", "取运单号")
def get_waybill(message: OutboxMessage) -> None:
    """Ask under the parcel's own key: asked again, the same waybill comes back."""
    parcels = Parcel.objects.select_related("order__shop").prefetch_related("lines__sku")
    parcel = parcels.get(pk=message.payload["parcel"])
    if message.tries <= 1 and (parcel.waybill or parcel.state in LATE):
        return  # at a later try the first one may have spent a number: it is fetched, and void
    issuer, sender = issuer_of(parcel.order.shop)
    key = message.payload.get("key", parcel.number)
    answer = issuer.grant(_wanted(parcel, sender, key))
    try:
        granted(parcel, answer.number, answer.mark, now=timezone.now(), key=key)
    except Refused as refusal:
        raise Unhandleable(refusal.verdict.reason) from refusal


def _wanted(parcel: Parcel, sender: Person, key: str) -> Wanted:
    lines = list(parcel.lines.all())
    return Wanted(
        key=key,
        carrier=parcel.carrier,
        sender=sender,
        receiver=_receiver(parcel.order),
        goods="、".join(dict.fromkeys(line.sku.name for line in lines)) or "商品",
        pieces=sum(line.quantity for line in lines) or 1,
        weight_g=parcel.weight_g or parcel.expected_g or 1000,
    )


def _receiver(order: Order) -> Person:
    return Person(
        name=order.consignee,
        phone=order.mobile or order.telephone,
        province=order.province,
        city=order.city,
        district=order.district or order.city,
        street=order.street,
    )


@handles("waybill.cancel", "作废运单号")
def cancel_waybill(message: OutboxMessage) -> None:
    """It will not be used."""
    numbers = WaybillNumber.objects.select_related("parcel__order__shop")
    number = numbers.get(pk=message.payload["number"])
    if number.void_told_at is not None or number.parcel is None:
        return
    issuer, _ = issuer_of(number.parcel.order.shop)
    try:
        key = number.asked_as or number.parcel.number
        issuer.cancel(key, number.carrier, number.number)
    except Rejected as no:
        raise Unhandleable(f"{no}。请打电话告诉快递这个单号不用了。") from no
    void_told(number, now=timezone.now())
