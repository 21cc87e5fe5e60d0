"""Refunds: asked for, applied for, reviewed, sent (architecture §4, SOP 1.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import RETURN_VALUE, FSMField

from core.acts import History
from core.fields import KeyField, money_field
from core.masking import mask_account, mask_name
from core.money import ZERO
from core.states import StateMixin, transition
from core.verdict import Say
from core.workdays import Promise
from orders.models import Order, Payment, Shop, Trade
from orders.words import Stop
from refunds.payees import Payee
from refunds.policy import BEFORE_REVIEW, ENDED, RefundFacts
from refunds.saying import names_reason, say_of
from refunds.words import (
    Fault,
    FreightPayer,
    RefundKind,
    RefundSource,
    RefundState,
    ToldReason,
    TrueReason,
)

R = RefundState
OPEN = [state.value for state in R if state not in ENDED]
# States that a refund reaches only with the buyer's own application on the platform (1.5).
APPLIED = [R.REVIEW, R.APPROVED, R.SENDING, R.UNKNOWN, R.SUCCEEDED, R.FAILED]
# States in which nothing is still to be answered by the warehouse.
DECIDED = [R.APPROVED, R.SENDING, R.UNKNOWN, R.SUCCEEDED, R.FAILED]
# Approved, and the money has not arrived yet.
UNDER_WAY = [R.APPROVED, R.SENDING, R.UNKNOWN, R.FAILED]
SETTLED_THERE = [
    *(R.WAITING, R.TO_APPLY, R.REVIEW, R.RETURNED, R.APPROVED, R.SENDING, R.UNKNOWN, R.FAILED)
]


def _none_of(names: tuple[str, ...]) -> Q:
    return Q(**{f"{name}__isnull": True for name in names})


TIMERS = ("warn_at", "risk_at", "break_at")


class Refund(StateMixin, models.Model):
    """Money that goes back for one payment of an order (SOP 1.5).

    For a platform's order it is a note of intent (`applies`) until the buyer's own application,
    with the platform's number, is matched to it. `amount` is reserved on order and trade from the
    asking on, so all refunds together never exceed what was paid.
    """

    lock_rank: ClassVar[int] = 30

    number = KeyField("退款单号", max_length=40)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    trade = models.ForeignKey(Trade, models.PROTECT, related_name="+", db_index=False)
    # The trade's share that it draws on; a merge may join that share to another.
    payment = models.ForeignKey(
        Payment, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    kind = models.CharField("类型", max_length=10, choices=RefundKind.choices)
    state = FSMField(
        "状态", max_length=10, choices=R.choices, default=R.REVIEW.value, protected=True
    )
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(
        "来源", max_length=8, choices=RefundSource.choices, default=RefundSource.AGENT.value
    )

    amount = money_field(verbose_name="退款金额")
    goods = money_field(verbose_name="其中商品", default=ZERO)
    freight = money_field(verbose_name="其中运费", default=ZERO)
    compensation = money_field(verbose_name="其中补偿或差价", default=ZERO)

    true_reason = models.CharField("真实原因", max_length=12, choices=TrueReason.choices)
    told_reason = models.CharField("平台上的原因", max_length=12, choices=ToldReason.choices)
    why = models.CharField("说明", max_length=300, blank=True)
    fault = models.CharField("责任", max_length=8, choices=Fault.choices, blank=True)
    freight_payer = models.CharField(
        "运费谁承担", max_length=8, choices=FreightPayer.choices, blank=True
    )

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_name = models.CharField("谁申请的", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    turn = models.PositiveSmallIntegerField("第几次送审", default=1)
    # To whom of the supervisors it was given; anybody else may still decide.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField("通过时间", null=True, blank=True)
    # Timer: when what is approved is sent; until then the approval may be taken back.
    not_before = models.DateTimeField("什么时候退", null=True, blank=True)

    # Money out (architecture §6): how often it was handed over, and what was answered last.
    sends = models.PositiveSmallIntegerField("发了几次", default=0, db_default=0)
    code = models.CharField("渠道的代码", max_length=64, blank=True, db_default="")
    said = models.CharField("渠道怎么说", max_length=300, blank=True, db_default="")
    by_hand = models.BooleanField("要人来办", default=False, db_default=False)
    # A transfer that finance made, and the second person who checked it.
    transfer_no = KeyField("银行流水号", max_length=64, blank=True, db_default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    made_name = models.CharField("谁转的", max_length=64, blank=True, db_default="")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    # Where a transfer goes, as the buyer said it; personal, and not in the history.
    payee = models.CharField("收款人", max_length=64, blank=True, db_default="")
    payee_account = models.CharField("收款账号", max_length=64, blank=True, db_default="")
    payee_bank = models.CharField("开户行", max_length=64, blank=True, db_default="")

    # The buyer's own application on the platform (1.5, reading).
    applies = models.BooleanField("买家在平台上申请", default=False)
    application = KeyField("平台退款编号", max_length=64, blank=True)
    applied_at = models.DateTimeField("买家申请时间", null=True, blank=True)
    deadline = models.DateTimeField("平台截止时间", null=True, blank=True)
    # What else the platform said of it, in its own words: status, version, phase, reason, line.
    platform: Any = models.JSONField(default=dict)

    opens_at = models.DateTimeField("开窗时间", null=True, blank=True)
    closes_at = models.DateTimeField("关窗时间", null=True, blank=True)
    target_by = models.DateTimeField("目标完成")
    promised_by = models.DateTimeField("答应买家")
    confirmed = models.BooleanField("日历已确认", default=True)
    # Timers (architecture §5): the window closes soon, the promise is at risk, it is broken.
    warn_at = models.DateTimeField(null=True, blank=True)
    risk_at = models.DateTimeField(null=True, blank=True)
    break_at = models.DateTimeField(null=True, blank=True)
    at_risk = models.BooleanField("快到期", default=False)
    broken_at = models.DateTimeField("超时", null=True, blank=True)

    # What the warehouse says to the hold that asks it to stop the parcel.
    stop = models.CharField("拦截", max_length=8, choices=Stop.choices, default=Stop.NONE.value)
    split_from = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("怎么结束的", max_length=300, blank=True)

    history = History(
        no_db_index=[
            *(
                "number",
                "shop",
                "order",
                "trade",
                "payment",
                "asked_by",
                "approved_by",
                "application",
            ),
            *("split_from", "transfer_no", "made_by", "checked_by", "assigned_to"),
        ],
        excluded_fields=[*TIMERS, "payee", "payee_account", "payee_bank"],
    )

    class Meta:
        verbose_name = verbose_name_plural = "退款"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="refund_number"),
            models.UniqueConstraint(
                fields=["application", "shop", "payment"],
                condition=~Q(application="") & ~Q(state="withdrawn"),
                name="refund_application",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in R]), name="refund_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, goods__gte=0, freight__gte=0, compensation__gte=0)
                & Q(amount=F("goods") + F("freight") + F("compensation")),
                name="refund_amount",
            ),
            models.CheckConstraint(
                condition=Q(applies=False)
                | ~Q(application="")
                | ~Q(state__in=[s.value for s in APPLIED]),
                name="refund_applied_for",
            ),
            models.CheckConstraint(
                condition=~Q(stop="asked") | ~Q(state__in=[s.value for s in DECIDED]),
                name="refund_stopped_first",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | Q(approved_by__isnull=True)
                | ~Q(approved_by=F("asked_by")),
                name="refund_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | Q(assigned_to__isnull=True)
                | ~Q(assigned_to=F("asked_by")),
                name="refund_assigned_to_another",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True)
                | (Q(made_by__isnull=False) & ~Q(checked_by=F("made_by"))),
                name="refund_checked_by_another",
            ),
            models.CheckConstraint(
                condition=_none_of(TIMERS) | Q(state__in=OPEN), name="refund_timers"
            ),
            models.CheckConstraint(
                condition=Q(not_before__isnull=True) | Q(state="approved"), name="refund_undo_time"
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="refund_order"),
            models.Index(fields=["payment"], name="refund_payment"),
            models.Index(fields=["trade"], name="refund_trade"),
            models.Index(
                fields=["split_from"],
                condition=Q(split_from__isnull=False),
                name="refund_split",
            ),
            # What a day's bill of a gateway should list.
            models.Index(
                fields=["ended_at", "id"], condition=Q(state="succeeded"), name="refund_succeeded"
            ),
            # The supervisors' queue, and what waits for its window or its buyer.
            models.Index(
                fields=["target_by", "id"], condition=Q(state="review"), name="refund_due"
            ),
            models.Index(
                fields=["assigned_to", "target_by", "id"],
                condition=Q(state="review", assigned_to__isnull=False),
                name="refund_given_to",
            ),
            models.Index(
                fields=["opens_at", "id"], condition=Q(state="waiting"), name="refund_opens"
            ),
            models.Index(
                fields=["asked_at", "id"], condition=Q(state="to_apply"), name="refund_to_apply"
            ),
            models.Index(
                fields=["asked_at", "id"], condition=Q(state="returned"), name="refund_returned"
            ),
            models.Index(
                fields=["target_by", "id"],
                condition=Q(state__in=[s.value for s in UNDER_WAY]),
                name="refund_under_way",
            ),
            models.Index(
                fields=["target_by", "id"],
                condition=Q(by_hand=True, state="sending"),
                name="refund_by_hand",
            ),
            models.Index(
                fields=["not_before", "id"],
                condition=Q(not_before__isnull=False),
                name="refund_not_before",
            ),
            models.Index(fields=["id"], condition=Q(stop="asked"), name="refund_stop_asked"),
            *(
                models.Index(
                    fields=[name, "id"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"refund_{name.removesuffix('_at')}",
                )
                for name in TIMERS
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("refund", args=[self.order.order_no, self.pk])

    # -- states (architecture §4) -----------------------------------------------------------

    @transition(field=state, source=R.WAITING, target=RETURN_VALUE(R.TO_APPLY, R.REVIEW))
    def open_window(self) -> str:
        """The shop's window opened: the buyer may apply, or it goes to review (1.2.c)."""
        return R.TO_APPLY.value if self.applies and not self.application else R.REVIEW.value

    @transition(field=state, source=[*BEFORE_REVIEW, R.RETURNED], target=R.REVIEW)
    def apply(self) -> None:
        """The buyer's own application is here (1.5, reading)."""
        self.warn_at = None

    @transition(field=state, source=[*BEFORE_REVIEW, R.REVIEW], target=R.RETURNED)
    def give_back(self, why: str) -> None:
        """Something is missing: whoever asked adds it (退回补充)."""
        self.ended_why = why[:300]

    @transition(field=state, source=R.RETURNED, target=RETURN_VALUE(R.TO_APPLY, R.REVIEW))
    def resubmit(self) -> str:
        """What was missing is there; earlier decisions count no more."""
        self.turn, self.ended_why = self.turn + 1, ""
        return R.TO_APPLY.value if self.applies and not self.application else R.REVIEW.value

    @transition(field=state, source=R.REVIEW, target=R.APPROVED)
    def approve(self, at: datetime, by: int | None, not_before: datetime) -> None:
        """Enough supervisors agreed; it is sent from `not_before` on."""
        self.approved_at, self.approved_by_id, self.not_before = at, by, not_before

    @transition(field=state, source=R.APPROVED, target=R.REVIEW)
    def undo_approval(self) -> None:
        """Taken back before the money was sent."""
        self.approved_at = self.approved_by_id = self.not_before = None

    @transition(field=state, source=R.REVIEW, target=R.REJECTED)
    def reject(self, at: datetime, why: str) -> None:
        """Not given back, for a reason."""
        self._end(at, why)

    @transition(field=state, source=[R.APPROVED, R.FAILED], target=R.SENDING)
    def send(self) -> None:
        """The gateway, the platform or a colleague is asked to pay it back."""
        self.not_before, self.ended_why = None, ""
        self.sends += 1

    @transition(field=state, source=R.SENDING, target=R.UNKNOWN)
    def lose_sight(self) -> None:
        """The answer was neither yes nor no: it is asked for before anything else."""

    @transition(field=state, source=R.UNKNOWN, target=R.SENDING)
    def find(self) -> None:
        """It is seen again: the gateway is at it, or does not know it and gets it once more."""

    @transition(field=state, source=[R.SENDING, R.UNKNOWN], target=R.FAILED)
    def fail(self, why: str) -> None:
        """Certainly not paid back."""
        self.ended_why = why[:300]

    @transition(field=state, source=[R.FAILED, R.UNKNOWN], target=R.REJECTED)
    def give_up(self, at: datetime, why: str) -> None:
        """It cannot be paid back, and is not tried any more."""
        self._end(at, why)

    @transition(field=state, source=SETTLED_THERE, target=R.SUCCEEDED)
    def succeed(self, at: datetime, why: str = "") -> None:
        """It went back: by us, or by the platform itself whatever we had got to."""
        self._end(at, why)

    @transition(field=state, source=[*BEFORE_REVIEW, R.REVIEW, R.RETURNED], target=R.WITHDRAWN)
    def withdraw(self, at: datetime, why: str) -> None:
        """Not wanted any more."""
        self._end(at, why)

    def _end(self, at: datetime, why: str) -> None:
        self.ended_at, self.ended_why, self.at_risk = at, why[:300], False
        self.warn_at = self.risk_at = self.break_at = self.not_before = None

    def say(self, promised: Promise | None = None) -> Say | None:
        """What the customer may be told now; `promised` where it is another than was written."""
        return say_of(
            RefundState(self.state),
            self.amount,
            ToldReason(self.told_reason),
            promised or Promise(self.promised_by, self.confirmed),
            applies=self.applies,
            opens_at=self.opens_at,
            named=names_reason(
                TrueReason(self.true_reason), shop_says=self.order.shop.names_reason
            ),
        )

    def pay_to(self, payee: Payee) -> None:
        """Where a transfer goes."""
        self.payee, self.payee_account, self.payee_bank = payee.name, payee.account, payee.bank

    @property
    def payee_masked(self) -> str:
        """Payee, account and bank as those read them who have not asked to see them."""
        shown = (mask_name(self.payee), mask_account(self.payee_account), self.payee_bank)
        return " ".join(part for part in shown if part)

    @property
    def payee_plain(self) -> str:
        shown = (self.payee, self.payee_account, self.payee_bank)
        return " ".join(part for part in shown if part)

    # -- facts --------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def facts(self, *, gone: bool) -> RefundFacts:
        """What a policy needs to know. `gone`: its order has left the house."""
        return RefundFacts(
            number=self.number,
            state=RefundState(self.state),
            kind=RefundKind(self.kind),
            amount=self.amount,
            applies=self.applies,
            application=self.application,
            stop=Stop(self.stop),
            gone=gone,
            fault=Fault(self.fault) if self.fault else None,
            asked_by=self.asked_by_id,
            assigned_to=self.assigned_to_id,
            by_hand=self.by_hand,
            code=self.code,
            transfer_no=self.transfer_no,
            made_by=self.made_by_id,
        )
