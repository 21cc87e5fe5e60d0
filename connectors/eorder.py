"""kdniao's electronic waybills (快递鸟 电子面单): order by 1007, cancel by 1147 (SOP 2.c, 2.g).

A key that was ordered before is answered with ResultCode 106 and the order as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.answers import Rejected, Unknown
from connectors.http import request as call
from connectors.http import url
from connectors.kdniao import signature
from connectors.waybills import Granted, Person, Wanted

SYSTEM = "eorder"
PATH = "/api/EOrderService"
ORDER, CANCEL = "1007", "1147"
DONE, DONE_BEFORE = "100", "106"
MONTHLY, STANDARD = 3, "1"  # the shop settles with the carrier by the month; a standard parcel
CITIES = {"北京市", "天津市", "上海市", "重庆市"}  # provinces that they want without 市
LONGEST_GOODS = 100
UNKNOWN_TO_IT = {"103", "104", "401", "carrier"}  # of the format, of the user


@dataclass(frozen=True, slots=True)
class Customer:
    """What a carrier knows the shop by: number, password, branch, monthly account."""

    name: str
    password: str = field(default="", repr=False)
    branch: str = ""
    month: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A shop's account; `carriers` has a line for each carrier, `YTO=number,password,branch,month`.

    The sender's address is the one that the shop agreed with its carriers.
    """

    business_id: str
    app_key: str = field(repr=False)
    carriers: str = field(repr=False)
    sender_name: str
    sender_phone: str
    sender_province: str
    sender_city: str
    sender_district: str
    sender_street: str

    @property
    def sender(self) -> Person:
        return Person(
            self.sender_name,
            self.sender_phone,
            self.sender_province,
            self.sender_city,
            self.sender_district,
            self.sender_street,
        )

    def customer(self, carrier: str) -> Customer:
        """Raises Rejected for a carrier that the shop has no agreement with."""
        for line in self.carriers.splitlines():
            code, _, rest = line.partition("=")
            if code.strip() == carrier and rest.strip():
                return Customer(*[part.strip() for part in rest.split(",")][:4])
        raise Rejected(SYSTEM, "carrier", f"店铺没有填 {carrier} 的电子面单客户号")


class Eorder:
    """The issuer for one shop."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def grant(self, wanted: Wanted) -> Granted:
        """A number; the same key again gives the same one. Raises Rejected."""
        customer = self.account.customer(wanted.carrier)
        answer = self._ask(ORDER, _ordered(wanted, customer))
        order = answer.get("Order")
        order = order if isinstance(order, dict) else {}
        number = str(order.get("LogisticCode") or "")
        if not number:
            raise Unknown(SYSTEM, "回答里没有运单号")
        return Granted(number, str(order.get("MarkDestination") or "")[:64])

    def cancel(self, key: str, carrier: str, number: str) -> None:
        """It will not be used. Raises Rejected."""
        customer = self.account.customer(carrier)
        self._ask(
            CANCEL,
            {
                "ShipperCode": carrier,
                "OrderCode": key,
                "ExpNo": number,
                "CustomerName": customer.name,
                "CustomerPwd": customer.password,
            },
        )

    def check(self) -> None:
        """Cancel an order that nobody made. Raises Rejected, which says whether it knows us."""
        first = self.account.carriers.partition("=")[0].strip()
        self.cancel("gendan-try", first, "0")

    def _ask(self, kind: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
        form = {
            "RequestData": text,
            "EBusinessID": self.account.business_id,
            "RequestType": kind,
            "DataSign": signature(text, self.account.app_key),
            "DataType": "2",
        }
        answer = call(SYSTEM, "POST", url(SYSTEM, PATH), data=form, idempotent=True).json()
        if not isinstance(answer, dict):
            raise Unknown(SYSTEM, "回答读不懂")
        code = str(answer.get("ResultCode") or "")
        if answer.get("Success") is True or code in (DONE, DONE_BEFORE):
            return answer
        raise Rejected(SYSTEM, code or "FAIL", str(answer.get("Reason") or "不行，没有说为什么"))


def _ordered(wanted: Wanted, customer: Customer) -> dict[str, Any]:
    kilos = round(wanted.weight_g / 1000, 3)
    goods = {"GoodsName": wanted.goods[:LONGEST_GOODS], "Goodsquantity": wanted.pieces}
    return {
        "OrderCode": wanted.key,
        "ShipperCode": wanted.carrier,
        "CustomerName": customer.name,
        "CustomerPwd": customer.password,
        "SendSite": customer.branch,
        "MonthCode": customer.month,
        "PayType": MONTHLY,
        "ExpType": STANDARD,
        "IsNotice": 1,
        "IsReturnPrintTemplate": "0",
        "Quantity": 1,
        "Weight": kilos,
        "Sender": _person(wanted.sender),
        "Receiver": _person(wanted.receiver),
        "Commodity": [goods | {"GoodsWeight": kilos}],
    }


def _person(person: Person) -> dict[str, str]:
    by_phone = "Mobile" if person.phone.startswith("1") else "Tel"
    province = person.province.removesuffix("市") if person.province in CITIES else person.province
    return {
        "Name": person.name,
        by_phone: person.phone,
        "ProvinceName": province,
        "CityName": person.city,
        "ExpAreaName": person.district,
        "Address": person.street,
    }
