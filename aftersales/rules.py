"""What the company has laid down for after-sales: one version of it, whole (SOP 1.4, 7.a). Pure.

Periods, who pays which way, reasons and how long things may take are rows of four tables. A
version is a document that nobody alters: a case keeps the one it began with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from aftersales.words import CaseKind, WaitsFor
from refunds.words import Fault, FreightPayer, TrueReason

K, W = CaseKind, WaitsFor
SELLER, BUYER, CARRIER = Fault.SELLER, Fault.BUYER, Fault.CARRIER
WE, THEY = FreightPayer.SELLER, FreightPayer.BUYER


@dataclass(frozen=True, slots=True)
class Reason:
    """A leaf of the tree of reasons: whose fault it is, and what a refund would call it."""

    code: str
    group: str
    label: str
    fault: Fault
    true: TrueReason = TrueReason.OTHER
    kinds: tuple[CaseKind, ...] = (K.RETURN, K.EXCHANGE)


@dataclass(frozen=True, slots=True)
class Period:
    """How long one may ask for it, counted from the day after receipt (SOP 1.4.b).

    `intact`: tag and packaging must be; so missing tags do not refuse a case of quality.
    """

    kind: CaseKind
    fault: Fault
    days: int
    intact: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """Who pays the parcel to us, and who pays the parcel to the customer (SOP 1.4.c, 1.4.e)."""

    fault: Fault
    back: FreightPayer
    out: FreightPayer


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a wait may take. `working`: in working days, else as the calendar goes.

    `closes`: the customer does not answer: so many days later it is closed, with notice.
    """

    waits_for: WaitsFor
    days: int
    working: bool = True
    closes: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """One version. `freight`: a parcel at the customer's cost, yuan; `promise`: working days.

    `excluded`: words in a product's name that take it out of returns for no fault of ours.
    """

    periods: tuple[Period, ...]
    costs: tuple[Cost, ...]
    reasons: tuple[Reason, ...]
    patience: tuple[Patience, ...]
    promise: Mapping[CaseKind, int]
    freight: Decimal
    excluded: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()

    def reason(self, code: str) -> Reason:
        """The reason of this code. Raises KeyError."""
        return next((one for one in self.reasons if one.code == code), None) or _lost(code)

    def true_reason(self, code: str) -> TrueReason:
        """Why the money goes back; a version that lacks the reason says nothing of it."""
        known = (one.true for one in self.reasons if one.code == code)
        return next(known, TrueReason.OTHER)

    def reasons_for(self, kind: CaseKind) -> list[Reason]:
        return [one for one in self.reasons if kind in one.kinds]

    def period(self, kind: CaseKind, fault: Fault) -> Period | None:
        """None: it may be asked for at any time."""
        return next((p for p in self.periods if (p.kind, p.fault) == (kind, fault)), None)

    def cost(self, fault: Fault) -> Cost:
        return next((c for c in self.costs if c.fault == fault), Cost(fault, WE, WE))

    def patience_for(self, what: WaitsFor) -> Patience:
        """Of a wait that this version does not know yet, as we deliver it."""
        known = (*self.patience, *DELIVERED.patience)
        return next((p for p in known if p.waits_for == what), Patience(what, 1))

    def promise_days(self, kind: CaseKind) -> int:
        return self.promise.get(kind, DELIVERED.promise.get(kind, 3))


def _lost(code: str) -> Reason:
    raise KeyError(code)


def tree(reasons: Iterable[Reason]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices of a field, by group in the order in which groups first stand."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in reasons:
        groups.setdefault(one.group, []).append((one.code, f"{one.label}（{one.fault.label}）"))
    return list(groups.items())


# -- as a document -------------------------------------------------------------------------------


def written(rules: Rules) -> dict[str, Any]:
    """As it is kept in a row."""
    return asdict(replace(rules, promise=dict(rules.promise))) | {"freight": str(rules.freight)}


def read(text: Mapping[str, Any]) -> Rules:
    """What was written. Raises KeyError, ValueError."""
    return Rules(
        periods=tuple(
            Period(K(p["kind"]), Fault(p["fault"]), p["days"], p["intact"]) for p in text["periods"]
        ),
        costs=tuple(
            Cost(Fault(c["fault"]), FreightPayer(c["back"]), FreightPayer(c["out"]))
            for c in text["costs"]
        ),
        reasons=tuple(_reason(r) for r in text["reasons"]),
        patience=tuple(
            Patience(W(p["waits_for"]), p["days"], p["working"], p["closes"])
            for p in text["patience"]
        ),
        promise={K(kind): days for kind, days in text["promise"].items()},
        freight=Decimal(text["freight"]),
        excluded=tuple(text["excluded"]),
        carriers=tuple(text["carriers"]),
    )


def _reason(row: Mapping[str, Any]) -> Reason:
    return Reason(
        row["code"],
        row["group"],
        row["label"],
        Fault(row["fault"]),
        TrueReason(row["true"]),
        tuple(K(kind) for kind in row["kinds"]),
    )


# -- as delivered --------------------------------------------------------------------------------

T = TrueReason
_GOODS_BACK = (K.RETURN, K.EXCHANGE)
_TASTE = (*_GOODS_BACK, K.SWAP)
_OURS = (*_GOODS_BACK, K.RESHIP, K.PARTIAL, K.COMPLAINT, K.REPAIR)
DELIVERED = Rules(
    periods=(
        Period(K.RETURN, BUYER, 7, intact=True),
        Period(K.EXCHANGE, BUYER, 15, intact=True),
        Period(K.RETURN, SELLER, 15, intact=False),
        Period(K.EXCHANGE, SELLER, 30, intact=False),
        Period(K.RETURN, CARRIER, 15, intact=False),
        Period(K.EXCHANGE, CARRIER, 15, intact=False),
        Period(K.REPAIR, SELLER, 365, intact=False),  # the warranty: what it is repaired free in
    ),
    costs=(Cost(BUYER, THEY, THEY), Cost(SELLER, WE, WE), Cost(CARRIER, WE, WE)),
    reasons=(
        Reason("unwanted", "买家的原因", "不想要了", BUYER, T.UNWANTED),
        Reason("size", "买家的原因", "尺码不合适", BUYER, T.UNWANTED, _TASTE),
        Reason("colour", "买家的原因", "颜色、款式不喜欢", BUYER, T.UNWANTED, _TASTE),
        Reason("mistake", "买家的原因", "拍错了", BUYER, T.MISTAKE, _TASTE),
        Reason("worn", "买家的原因", "用坏了、用旧了", BUYER, T.OTHER, (K.REPAIR,)),
        Reason("quality", "我们的责任", "质量问题", SELLER, T.QUALITY, _OURS),
        Reason("wrong", "我们的责任", "发错货", SELLER, T.WRONG_GOODS, _OURS),
        Reason("missing", "我们的责任", "少发、漏发", SELLER, T.WRONG_GOODS, (K.RESHIP, K.PARTIAL)),
        Reason("not_as_told", "我们的责任", "与描述不符", SELLER, T.QUALITY, _OURS),
        Reason("late", "我们的责任", "没有按时发货", SELLER, T.LATE, (K.PARTIAL, K.COMPLAINT)),
        Reason("service", "我们的责任", "服务、态度", SELLER, kinds=(K.COMPLAINT,)),
        Reason("damaged", "快递的责任", "路上破损", CARRIER, T.DAMAGED, _OURS),
        Reason("lost", "快递的责任", "丢件、没收到", CARRIER, T.LOST, (K.RESHIP, K.COMPLAINT)),
        Reason("refused", "买家的原因", "买家拒收", BUYER, T.UNWANTED, (K.UNDELIVERABLE,)),
        Reason("unreached", "买家的原因", "联系不上买家", BUYER, T.OTHER, (K.UNDELIVERABLE,)),
        Reason("bad_address", "买家的原因", "地址不清", BUYER, T.OTHER, (K.UNDELIVERABLE,)),
        Reason("called_back", "买家的原因", "买家要求追回", BUYER, T.UNWANTED, (K.UNDELIVERABLE,)),
        Reason("turned_back", "快递的责任", "快递自己退回", CARRIER, T.LOST, (K.UNDELIVERABLE,)),
    ),
    patience=(
        Patience(W.WORK, 1),
        Patience(W.ANSWER, 3, working=False, closes=3),
        Patience(W.EVIDENCE, 3, working=False, closes=3),
        Patience(W.SENDING, 7, working=False, closes=3),
        Patience(W.ARRIVAL, 10, working=False),
        Patience(W.COUNTING, 1),
        Patience(W.INSPECTION, 1),
        Patience(W.DECISION, 1),
        Patience(W.AGREEMENT, 2),
        Patience(W.TOP_UP, 3, working=False),
        Patience(W.SHIPPING, 2),
        Patience(W.STOP, 1),
        Patience(W.CARRIER, 2),
        Patience(W.REFUND, 2),
        Patience(W.GOODS, 14, working=False),
        Patience(W.DELIVERY, 3, working=False),
        Patience(W.OWNER, 60, working=False),
        Patience(W.NEW_ORDER, 3, working=False, closes=4),
        Patience(W.DIAGNOSIS, 2),
        Patience(W.QUOTE, 1),
        Patience(W.CONSENT, 3, working=False),
        Patience(W.REPAIR, 2),
        Patience(W.REPAIRING, 5),
        Patience(W.SIGNED, 1),
    ),
    promise={
        K.RETURN: 3,
        K.EXCHANGE: 3,
        K.COMPLAINT: 1,
        K.ENQUIRY: 1,
        K.REPAIR: 10,
        K.UNOWNED: 5,
    },
    freight=Decimal("12.00"),
    excluded=("内衣", "袜", "定制", "贴身"),
    carriers=("申通", "圆通", "韵达", "中通"),
)
