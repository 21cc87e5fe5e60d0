"""What decisions on a case depend on."""

from __future__ import annotations

from dataclasses import dataclass

from aftersales.words import Acceptance, CaseKind, CaseState, ClaimState, Reception, WaitsFor
from orders.policy import OrderFacts
from refunds.words import Fault

S, W = CaseState, WaitsFor
ENDED = frozenset({S.RESOLVED, S.REFUSED, S.WITHDRAWN})
# While it lies with the customer, or is on its way to us, our clock stands still (SOP 1.5).
PAUSED = frozenset({S.WAITING_CUSTOMER, S.WAITING_GOODS})
STATE_OF: dict[WaitsFor, CaseState] = {
    W.WORK: S.OPEN,
    W.ANSWER: S.WAITING_CUSTOMER,
    W.EVIDENCE: S.WAITING_CUSTOMER,
    W.SENDING: S.WAITING_CUSTOMER,
    W.ARRIVAL: S.WAITING_GOODS,
    W.COUNTING: S.WAITING_WAREHOUSE,
    W.INSPECTION: S.OPEN,
    W.DECISION: S.OPEN,
    W.AGREEMENT: S.OPEN,
    W.TOP_UP: S.WAITING_CUSTOMER,
    W.SHIPPING: S.WAITING_WAREHOUSE,
    W.STOP: S.WAITING_WAREHOUSE,
    W.CARRIER: S.WAITING_WAREHOUSE,
    W.REFUND: S.WAITING_MONEY,
    W.GOODS: S.WAITING_GOODS,
    W.DELIVERY: S.WAITING_WAREHOUSE,
    W.OWNER: S.OPEN,
    W.NEW_ORDER: S.WAITING_CUSTOMER,
    W.DIAGNOSIS: S.OPEN,
    W.QUOTE: S.OPEN,
    W.CONSENT: S.WAITING_CUSTOMER,
    W.REPAIR: S.OPEN,
    W.REPAIRING: S.OPEN,
    W.SIGNED: S.WAITING_WAREHOUSE,
}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of a case: pieces asked for, counted, accepted; put away as ours (`stocked`); of a
    line of the order (`ordered`), or goods that nobody expected.
    """

    pieces: int = 1
    got: int = 0
    accepted: int = 0
    reception: Reception = Reception.EXPECTED
    acceptance: Acceptance = Acceptance.PENDING
    stocked: bool = False
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decisions on a case depend on. `order` is None where nobody knows whose it is.

    `money`: a refund of it is under way; `returned`: it waits for more from us. `linked`: an order
    was made for it, and is not closed; `sent`: one has left. `senior`: whoever asks may do what
    only seniors may.
    `payout`: the freight that the buyer paid was asked for, and not refused.
    `evidence`: a picture or document is there. `claim`: how it stands with what the carrier was
    asked to pay for it. `late`: what it waits for did not come in time. `sender`: it is known who
    sent the parcel, and from where.
    `before`: what it waited for before the customer was asked something.
    `given_up`: it ended without its goods, and they may come after all.
    `owes`: the customer pays the repair. `sends_back`: what came goes back to the customer.
    """

    number: str = ""
    kind: CaseKind = CaseKind.RETURN
    state: CaseState = S.OPEN
    waits_for: WaitsFor = W.WORK
    fault: Fault = Fault.BUYER
    order: OrderFacts | None = None
    lines: tuple[LineFacts, ...] = ()
    waybill: str = ""
    money: bool = False
    returned: bool = False
    linked: bool = False
    senior: bool = False
    owner: int | None = None
    evidence: bool = False
    claim: ClaimState | None = None
    late: bool = False
    sender: bool = False
    before: WaitsFor | None = None
    given_up: bool = False
    owes: bool = False
    sends_back: bool = False
    payout: bool = False
    sent: bool = False

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def accepted(self) -> int:
        """Accepted pieces of what was bought: for these money or other goods are owed."""
        return sum(line.accepted for line in self.lines if line.ordered)

    @property
    def inspected(self) -> bool:
        return all(line.acceptance is not Acceptance.PENDING for line in self.lines if line.got)

    @property
    def differs(self) -> bool:
        """Is something else here, or in another state, than the customer promised (SOP 1.4.f)?"""
        return any(
            line.reception in (Reception.SHORT, Reception.EXTRA)
            or line.acceptance is Acceptance.PERSON
            or line.accepted < line.got
            for line in self.lines
        )
