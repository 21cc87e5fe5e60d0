"""Cases: whatever must wait for goods, warehouse, carrier, customer or money (architecture §4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import RETURN_VALUE, FSMField

from aftersales import policy
from aftersales.models.version import PolicyVersion
from aftersales.policy import ENDED, STATE_OF, CaseFacts, Clock, LineFacts
from aftersales.words import CaseKind, CaseState, ClaimState, Outcome, WaitsFor
from core.acts import History
from core.fields import KeyField
from core.states import StateMixin, transition
from orders.models import Order, Shop
from refunds.models import Refund
from refunds.words import Fault, FreightPayer

S = CaseState
OPEN = [state.value for state in S if state not in ENDED]
GIVEN_UP = "given_up"  # in its details: why its goods were not waited for any longer (SOP 1.4.c)
TIMERS = ("nudge_at", "escalate_at", "close_at")
_OPEN = Q(state__in=OPEN)

WITH_CARRIER = [WaitsFor.CARRIER.value, WaitsFor.DELIVERY.value]


class Case(StateMixin, models.Model):
    """One matter of after-sales, from the contact to its end (SOP 1.4, 3).

    `order` is None for a parcel that belongs to no known order yet. What it waits for, and until
    when, orders every list; `version_of` is the policy that it began with. `details` holds what
    only its kind asks for (`aftersales.kinds`).
    """

    lock_rank: ClassVar[int] = 12

    number = KeyField("售后单号", max_length=40)
    shop = models.ForeignKey(
        Shop, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    version_of = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.CharField("类型", max_length=10, choices=CaseKind.choices)
    state = FSMField("状态", max_length=10, choices=S.choices, default=S.OPEN.value, protected=True)
    version = models.PositiveIntegerField(default=1)

    reason = models.CharField("原因", max_length=20, blank=True)
    reason_label = models.CharField("原因", max_length=60, blank=True)
    fault = models.CharField("责任", max_length=8, choices=Fault.choices, blank=True)
    wants = models.CharField("客户要什么", max_length=300, blank=True)
    details: Any = models.JSONField(default=dict)
    # The cost that was told before anything is sent (SOP 1.4.c).
    pays_back = models.CharField("寄回运费", max_length=8, choices=FreightPayer.choices, blank=True)
    pays_out = models.CharField("寄出运费", max_length=8, choices=FreightPayer.choices, blank=True)
    overruled = models.CharField("破例原因", max_length=200, blank=True)

    waits_for = models.CharField(
        "在等", max_length=12, choices=WaitsFor.choices, default=WaitsFor.WORK.value
    )
    waits_since = models.DateTimeField("从何时等")
    due_at = models.DateTimeField("等到什么时候")
    late = models.BooleanField("等过了", default=False)
    # The promise in working time: its end, or, while the customer has it, the seconds left.
    promised_by = models.DateTimeField("答应办完", null=True, blank=True)
    left_s = models.PositiveIntegerField("暂停时剩几秒", null=True, blank=True)
    escalated_at = models.DateTimeField("超时", null=True, blank=True)
    # Timers (architecture §5): the wait is over, the promise is broken, nobody answered.
    nudge_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    close_at = models.DateTimeField("没有答复就关闭", null=True, blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    owner_name = models.CharField("谁在办", max_length=64, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    opened_name = models.CharField("谁登记的", max_length=64)
    opened_at = models.DateTimeField("登记时间")

    # The parcel that comes to us.
    carrier = models.CharField("寄回快递", max_length=64, blank=True)
    waybill = KeyField("寄回运单号", max_length=64, blank=True)
    arrived_at = models.DateTimeField("到仓时间", null=True, blank=True)

    refunds: Any = models.ManyToManyField(Refund, related_name="+", blank=True)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("怎么结束的", max_length=300, blank=True)

    history = History(
        no_db_index=[
            *("number", "shop", "order", "version_of", "owner", "opened_by", "waybill"),
        ],
        excluded_fields=[*TIMERS],
    )

    class Meta:
        verbose_name = verbose_name_plural = "售后单"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="case_number"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in S]), name="case_state"),
            models.CheckConstraint(
                condition=_OPEN | Q(nudge_at=None, escalate_at=None, close_at=None),
                name="case_timers",
            ),
            models.CheckConstraint(condition=_OPEN | ~Q(ended_at=None), name="case_ended"),
            models.CheckConstraint(
                condition=Q(promised_by=None) | Q(left_s=None), name="case_clock"
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], condition=~Q(order=None), name="case_order"),
            # The team's list, one's own, and the lists by what is waited for; late first.
            models.Index(fields=["due_at", "id"], condition=_OPEN, name="case_due"),
            models.Index(fields=["owner", "due_at", "id"], condition=_OPEN, name="case_owner"),
            models.Index(fields=["waits_for", "due_at", "id"], condition=_OPEN, name="case_waits"),
            models.Index(fields=["kind", "due_at", "id"], condition=_OPEN, name="case_kind"),
            models.Index(fields=["waybill"], condition=~Q(waybill=""), name="case_waybill"),
            models.Index(fields=["id"], condition=Q(state="money"), name="case_money"),
            *(
                models.Index(
                    fields=[name, "id"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"case_{name.removesuffix('_at')}",
                )
                for name in TIMERS
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.number])

    @property
    def order_no(self) -> str:
        """The order in whose timeline its acts stand."""
        return self.order.order_no if self.order else ""

    @property
    def lies_with(self) -> str:
        """With whom it lies: a carrier is no warehouse of ours, though its state is the same."""
        with_carrier = self.is_open and self.waits_for in WITH_CARRIER
        return "等快递" if with_carrier else CaseState(self.state).label

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    # -- states (architecture §4) -----------------------------------------------------------------

    @transition(field=state, source=OPEN, target=RETURN_VALUE(*OPEN))
    def wait(self, what: WaitsFor, at: datetime, due_at: datetime) -> str:
        """From now on it waits for this, until then."""
        self.waits_for, self.waits_since = what.value, at
        self.due_at = self.nudge_at = due_at
        self.late, self.close_at = False, None
        self.details = {k: v for k, v in self.details.items() if k != GIVEN_UP}
        return STATE_OF[what].value

    @transition(field=state, source=OPEN, target=S.RESOLVED)
    def resolve(self, at: datetime, outcome: Outcome, why: str = "") -> None:
        """Done."""
        self._end(at, outcome, why)

    @transition(field=state, source=S.RESOLVED, target=STATE_OF[WaitsFor.COUNTING])
    def come_after_all(self, at: datetime, due_at: datetime) -> None:
        """What was given up is here, and waits to be counted."""
        self.waits_for, self.waits_since = WaitsFor.COUNTING.value, at
        self.due_at = self.nudge_at = due_at
        self.outcome, self.ended_at, self.ended_why = "", None, ""

    @transition(field=state, source=OPEN, target=S.REFUSED)
    def refuse(self, at: datetime, why: str) -> None:
        """Not done, for a reason that was told."""
        self._end(at, Outcome.NOT_ELIGIBLE, why)

    @transition(field=state, source=OPEN, target=S.WITHDRAWN)
    def withdraw(self, at: datetime, why: str, outcome: Outcome | None = None) -> None:
        """Not wanted any more, or nobody answered."""
        self._end(at, outcome, why)

    def _end(self, at: datetime, outcome: Outcome | None, why: str) -> None:
        self.ended_at, self.ended_why, self.late = at, why[:300], False
        self.outcome = outcome.value if outcome else ""
        self.nudge_at = self.escalate_at = self.close_at = None
        self.put_clock(Clock(None))

    # -- changes ----------------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        return Clock(self.promised_by, self.left_s)

    def put_clock(self, clock: Clock) -> None:
        """Keep until when we promised; the supervisor hears of it once."""
        self.promised_by, self.left_s = clock.promised_by, clock.left
        self.escalate_at = None if self.escalated_at else clock.promised_by

    def give_to(self, user_id: int | None, name: str) -> None:
        """Who has it from now on: a colleague, or nobody; a timer or the buyer works on nothing."""
        self.owner_id, self.owner_name = user_id, name if user_id is not None else ""

    # -- facts ------------------------------------------------------------------------------------

    def facts(
        self,
        lines: list[LineFacts],
        *,
        order: Any = None,
        money: bool = False,
        returned: bool = False,
        linked: bool = False,
        senior: bool = False,
        evidence: bool = False,
        payout: bool = False,
        sent: bool = False,
    ) -> CaseFacts:
        """What a policy needs to know."""
        return CaseFacts(
            number=self.number,
            kind=CaseKind(self.kind),
            state=CaseState(self.state),
            waits_for=WaitsFor(self.waits_for),
            fault=Fault(self.fault) if self.fault else Fault.SELLER,
            order=order,
            lines=tuple(lines),
            waybill=self.waybill,
            money=money,
            returned=returned,
            linked=linked,
            senior=senior,
            owner=self.owner_id,
            evidence=evidence,
            claim=ClaimState(self.details["claim"]) if "claim" in self.details else None,
            late=self.late,
            sender=bool(self.details.get("sender")),
            before=WaitsFor(known) if (known := self.details.get("waited_for")) else None,
            given_up=not self.is_open and GIVEN_UP in self.details,
            owes=bool(self.details.get("owes")),
            sends_back=bool(self.details.get("sends_back")),
            payout=payout,
            sent=sent,
        )

    @property
    def paused(self) -> bool:
        return CaseState(self.state) in policy.PAUSED
