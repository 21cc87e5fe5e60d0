"""Orders: their table, their states, and what can be changed on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import RETURN_VALUE, FSMField

from core.acts import Change
from core.bulk import find
from core.fields import KeyField, money_field
from core.masking import mask_address, mask_name, mask_phone
from core.money import ZERO
from core.states import StateMixin, transition
from orders import finishing, policy
from orders.models.buyer import Buyer
from orders.models.indexes import INDEXES
from orders.models.shop import Shop
from orders.models.webhook import OrderHistory, Reached, announce, anybody_to_tell
from orders.policy import OrderFacts, Receiving
from orders.words import CARRIERS, Delivery, OrderState, PaidLate, Terms

S = OrderState
FORWARD = [S.UNPAID, S.PAID, S.PICKING, S.PACKED, S.SHIPPED, S.RECEIVED, S.COMPLETED]
RECEIVING_LABELS = {
    "consignee": "收货人",
    "mobile": "手机",
    "telephone": "电话",
    "province": "省",
    "city": "市",
    "district": "区县",
    "street": "详细地址",
    "zip_code": "邮编",
}


def masked_value(name: str, value: Any) -> str:
    """A field's value as a timeline may show it: personal parts masked."""
    text = "" if value is None else str(value)
    if name == "consignee":
        return mask_name(text)
    if name in ("mobile", "telephone"):
        return mask_phone(text)
    return mask_address(text) if name == "street" else text


class Order(StateMixin, models.Model):
    """One order as the warehouse will send it: one consignee, one parcel (SOP 0)."""

    lock_rank: ClassVar[int] = 10
    read_with: ClassVar[tuple[str, ...]] = ("shop",)

    order_no = KeyField("订单号", max_length=32)
    shop = models.ForeignKey(
        Shop, models.PROTECT, related_name="orders", verbose_name="店铺", db_index=False
    )
    platform_no = KeyField("平台单号", max_length=64)
    part = models.PositiveSmallIntegerField("拆单序号", default=0)
    state = FSMField(
        "状态", max_length=10, choices=OrderState.choices, default=S.UNPAID.value, protected=True
    )
    platform_status = models.CharField("平台状态", max_length=64, blank=True)
    after_sale = models.CharField("平台售后状态", max_length=64, blank=True)
    terms = models.CharField(
        "付款条件", max_length=10, choices=Terms.choices, default=Terms.PREPAID.value
    )
    version = models.PositiveIntegerField(default=1)

    buyer = models.ForeignKey(
        Buyer, models.PROTECT, related_name="orders", null=True, db_index=False
    )
    buyer_account = KeyField("买家账号", max_length=64, blank=True)
    buyer_pay_account = models.CharField("付款账号", max_length=128, blank=True)
    buyer_message = models.TextField("买家留言", blank=True)
    seller_memo = models.TextField("卖家备注", blank=True)
    flag = models.CharField("旗帜", max_length=16, blank=True)
    invoice_title = models.CharField("发票抬头", max_length=200, blank=True)
    presale_steps = models.CharField("预售分阶段", max_length=500, blank=True)

    consignee = KeyField("收货人", max_length=64, blank=True)
    mobile = KeyField("手机", max_length=64, blank=True)
    mobile_tail = KeyField(max_length=4, blank=True)
    telephone = models.CharField("电话", max_length=64, blank=True)
    province = models.CharField("省", max_length=32, blank=True)
    city = models.CharField("市", max_length=64, blank=True)
    district = models.CharField("区县", max_length=64, blank=True)
    street = models.CharField("详细地址", max_length=500, blank=True)
    zip_code = models.CharField("邮编", max_length=10, blank=True)
    masked = models.BooleanField("个人信息被平台遮盖", default=False)

    delivery = models.CharField(
        "配送方式", max_length=8, choices=Delivery.choices, default=Delivery.EXPRESS.value
    )
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    waybill = KeyField("运单号", max_length=64, blank=True)

    expedited = models.BooleanField("加急", default=False, db_default=False)

    goods_summary = models.CharField("商品", max_length=200, blank=True)
    goods_count = models.PositiveIntegerField("件数", default=0)
    lines_unclear = models.CharField("商品明细待确认", max_length=1000, blank=True)

    goods_total = money_field(verbose_name="货款", default=ZERO)
    freight = money_field(verbose_name="运费", default=ZERO)
    shop_discount = money_field(verbose_name="店铺优惠", default=ZERO)
    platform_discount = money_field(verbose_name="平台优惠", default=ZERO)
    due = money_field(verbose_name="应付", default=ZERO)
    paid = money_field(verbose_name="实付", default=ZERO)
    paid_by_platform = money_field(verbose_name="平台承担", default=ZERO)
    refund_reserved = money_field(verbose_name="已占用退款", default=ZERO)
    refunded_before = money_field(verbose_name="平台已退", default=ZERO)
    topped_up = money_field(verbose_name="补差价已付", default=ZERO)
    owed_back = money_field(verbose_name="应退差价", default=ZERO)
    # Of what was paid beyond what was due, so much went back: it counts as paid no more.
    given_back = money_field(verbose_name="已退差价", default=ZERO, db_default=ZERO)

    ordered_at = models.DateTimeField("下单时间")
    paid_at = models.DateTimeField("付款时间", null=True, blank=True)
    released_at = models.DateTimeField("下发仓库时间", null=True, blank=True)
    shipped_at = models.DateTimeField("发货时间", null=True, blank=True)
    handed_over_at = models.DateTimeField("交快递时间", null=True, blank=True)
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    completed_at = models.DateTimeField("完成时间", null=True, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    closed_from = models.CharField(max_length=10, blank=True)
    closed_why = models.CharField("关闭原因", max_length=200, blank=True)
    ship_by = models.DateTimeField("承诺发货", null=True, blank=True)
    # Timers of an unpaid order: the next reminder, how many were sent, the closing (SOP 2.a).
    remind_at = models.DateTimeField("下次催付", null=True, blank=True)
    remind_step = models.PositiveSmallIntegerField("已催付次数", default=0)
    do_not_remind = models.BooleanField("停止催付", default=False)
    close_at = models.DateTimeField("超时关闭", null=True, blank=True)
    paid_late = models.CharField(
        "关闭后付款", max_length=8, choices=PaidLate.choices, default="", blank=True
    )
    # Timers of one that left: to be followed by its waybill, to be completed (SOP 6.a, 6.d).
    track_at = models.DateTimeField("开始跟踪", null=True, blank=True)
    complete_at = models.DateTimeField("自动完成", null=True, blank=True)
    # Review (SOP 2.b): the timer by which the rules run again or the order is released, from when
    # its cooling counts after it was taken back, and, while it waits for a person, until when.
    review_at = models.DateTimeField("下次审单", null=True, blank=True)
    cool_from = models.DateTimeField("冷静期从何时算", null=True, blank=True)
    review_by = models.DateTimeField("最晚审完", null=True, blank=True)
    modified_at = models.DateTimeField("修改时间", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")

    is_top_up = models.BooleanField("补差价订单", default=False)
    top_up_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="top_ups", db_index=False
    )
    # Merged into another order, which ships its goods; split or merged at all: an import has to
    # look at the others, too (SOP 1.3.d, 2.b).
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )
    parted = models.BooleanField("拆过或合过", default=False, db_default=False)
    follow_up_on = models.DateField("跟进日期", null=True, blank=True)
    follow_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # What the platform said before an agent changed it by hand, by field: a later import that
    # still says so changes nothing; one that says something else asks a person (SOP 5.a).
    before_hand: Any = models.JSONField(default=dict)
    # Digests of the rows that imports saw, newest first: one that comes again, but not as the
    # newest, stands in an older export and changes nothing (SOP 5.a).
    import_digests: Any = models.JSONField(default=list)

    history = OrderHistory(
        no_db_index=[
            *("shop", "buyer", "top_up_for", "merged_into", "follow_up_by"),
            *("order_no", "platform_no"),
        ],
        excluded_fields=[
            *("mobile_tail", "goods_summary", "goods_count", "import_digests"),
            *("remind_at", "close_at", "track_at", "complete_at"),
            *("review_at", "cool_from", "review_by"),
        ],
    )

    class Meta:
        verbose_name = verbose_name_plural = "订单"
        # Unique here and not on the field: that would make a second index, for another collation.
        constraints = [
            models.UniqueConstraint(fields=["order_no"], name="order_no"),
            models.UniqueConstraint(fields=["platform_no", "shop", "part"], name="order_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in OrderState]), name="order_state"
            ),
            models.CheckConstraint(
                condition=Q(refund_reserved__gte=0) & Q(refund_reserved__lte=F("paid")),
                name="order_refund",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=0) & Q(paid__gte=0) & Q(freight__gte=0), name="order_money"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | ~Q(state__in=["unpaid"]),
                name="order_release",
            ),
            models.CheckConstraint(
                condition=Q(top_up_for__isnull=True) | Q(is_top_up=True), name="order_top_up"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="closed"),
                name="order_merged_closed",
            ),
            models.CheckConstraint(
                condition=Q(remind_at__isnull=True, close_at__isnull=True) | Q(state="unpaid"),
                name="order_timers",
            ),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return self.order_no

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.order_no])

    @classmethod
    def written_in_bulk(cls, names: Sequence[str], ids: Sequence[int]) -> None:
        """Webhooks are told of states that were written in bulk, too (core.bulk)."""
        if "state" in names and anybody_to_tell():
            rows = find(cls, "id", ids, *Reached._fields)
            announce([Reached(*row) for row in rows])

    # -- states (architecture §4) ---------------------------------------------------------

    @transition(field=state, source=S.UNPAID, target=S.PAID)
    def pay(self, at: datetime) -> None:
        """Money arrived for all that is due."""
        self.paid_at = self.review_at = at
        self.stop_timers()
        self.ship_by = self.ship_by or policy.ship_by(at, self.shop.ship_by_h)

    @transition(field=state, source=S.UNPAID, target=S.PAID)
    def accept(self, at: datetime) -> None:
        """Cash on delivery, on account: goes on without a payment (SOP 5.g)."""
        self.review_at = at
        self.ship_by = self.ship_by or policy.ship_by(at, self.shop.ship_by_h)

    @transition(field=state, source=S.PAID, target=S.UNPAID)
    def unpay(self) -> None:
        """A payment marked by hand was reversed by finance."""
        self.paid_at = self.ship_by = None

    @transition(field=state, source=S.PAID, target=S.PICKING)
    def begin(self) -> None:
        """Its pick list was printed or taken."""

    @transition(field=state, source=S.PICKING, target=S.PACKED)
    def pack(self) -> None:
        """Goods are in the box."""

    @transition(field=state, source=S.PACKED, target=S.PICKING)
    def unpack(self) -> None:
        """`UNDO` at the packing station."""

    @transition(field=state, source=[S.PICKING, S.PACKED, S.SHIPPED], target=S.PAID)
    def recall(self) -> None:
        """The warehouse stopped it; what was marked shipped is not handed over (SOP 1.2.b).

        It is reviewed again (SOP 2.b).
        """
        self.review_at = self.released_at
        self.released_at = self.shipped_at = self.track_at = None

    @transition(field=state, source=[S.PAID, S.PACKED], target=S.SHIPPED)
    def ship(self, at: datetime) -> None:
        """The parcel left the bench (or, by an import, left elsewhere)."""
        self.shipped_at = self.track_at = at

    @transition(field=state, source=S.SHIPPED, target=S.RECEIVED)
    def receive(self, at: datetime) -> None:
        """The customer has it; after the shop's days it is complete (SOP 6.d)."""
        self.received_at = at
        self.complete_at = finishing.complete_by(at, self.shop.complete_days)

    @transition(field=state, source=S.RECEIVED, target=S.COMPLETED)
    def complete(self, at: datetime) -> None:
        """Nothing is left to do."""
        self.completed_at, self.complete_at = at, None

    @transition(field=state, source=S.PAID, target=S.COMPLETED)
    def complete_top_up(self, at: datetime) -> None:
        """A top-up order ends when its main order ships."""
        self.completed_at = at

    @transition(
        field=state,
        source=[S.UNPAID, S.PAID, S.SHIPPED, S.RECEIVED, S.COMPLETED],
        target=S.CLOSED,
    )
    def close(self, at: datetime, why: str) -> None:
        """Ends without being completed; remembers from where, so that it can be reopened."""
        self.closed_from, self.closed_at, self.closed_why = self.state, at, why
        self.released_at = self.track_at = self.complete_at = None
        self.stop_timers()

    @transition(field=state, source=S.CLOSED, target=RETURN_VALUE(S.UNPAID, S.PAID))
    def reopen(self) -> str:
        """Back to where it was closed from (unpaid or paid)."""
        back, self.closed_from, self.closed_at, self.closed_why = self.closed_from, "", None, ""
        return back

    @transition(field=state, source=FORWARD, target=RETURN_VALUE(*FORWARD, S.CLOSED))
    def follow_platform(self, to: str) -> str:
        """The platform's export is further on than we are; it never takes us back (SOP 5.a)."""
        if policy.further(self.state, to):
            self.stop_timers()
            self.complete_at = None
            return to
        return str(self.state)

    @property
    def ours_alone(self) -> bool:
        """Was it made here, for another order? Then no platform knows its number (SOP 1.2.d)."""
        return self.platform_no == self.order_no

    # -- changes ----------------------------------------------------------------------------

    def stop_timers(self) -> None:
        """Paid, closed, gone on: nobody is reminded any more (SOP 2.a)."""
        self.remind_at = self.close_at = None

    def review_soon(self, now: datetime) -> None:
        """Something changed that a review rule may ask for: the rules run again (SOP 2.b)."""
        if self.in_review:
            self.review_at = now

    @property
    def in_review(self) -> bool:
        """Is it paid, and not handed to the warehouse yet?"""
        return self.state == S.PAID and self.released_at is None and not self.is_top_up

    def receive_at(self, new: Receiving, now: datetime) -> list[Change]:
        """Put the receiving information in place; returns what changed, masked."""
        return self.change_by_hand(new.values(), RECEIVING_LABELS, now)

    def change_by_hand(
        self, values: Mapping[str, Any], labels: Mapping[str, str], now: datetime
    ) -> list[Change]:
        """Set fields as an agent wants them, remembering what the platform had said."""
        changes, kept = [], dict(self.before_hand)
        for name, value in values.items():
            old = getattr(self, name)
            if old == value:
                continue
            kept.setdefault(name, old)
            setattr(self, name, value)
            changes.append(Change(labels[name], masked_value(name, old), masked_value(name, value)))
        if changes:
            self.before_hand, self.modified_at = kept, now
            self.mobile_tail = tail(self.mobile)
            self.masked = self.masked and not _readable(self)
        return changes

    # -- facts --------------------------------------------------------------------------------

    @property
    def receiving(self) -> Receiving:
        return Receiving(**{name: getattr(self, name) for name in RECEIVING_LABELS})

    @property
    def region(self) -> str:
        return " ".join(part for part in (self.province, self.city, self.district) if part)

    @property
    def carrier_name(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier)

    @property
    def total_paid(self) -> Decimal:
        """By buyer, platform and tied top-up orders, less differences that went back; yuan."""
        total: Decimal = self.paid + self.paid_by_platform + self.topped_up - self.given_back
        return total

    @property
    def unpaid_rest(self) -> Decimal:
        """What is still to be paid, yuan."""
        rest: Decimal = max(ZERO, self.due - self.total_paid)
        return rest

    def facts(self, holds: list[Any] | None = None) -> OrderFacts:
        """What a policy needs to know. Pass the open holds where they are loaded already."""
        if holds is None:
            holds = list(self.holds.filter(state="open"))
        return OrderFacts(
            order_no=self.order_no,
            ours=self.ours_alone,
            state=OrderState(self.state),
            terms=Terms(self.terms),
            released=self.released_at is not None,
            handed_over=self.handed_over_at is not None,
            due=self.due,
            paid=self.paid,
            paid_by_platform=self.paid_by_platform,
            topped_up=self.topped_up,
            given_back=self.given_back,
            is_top_up=self.is_top_up,
            tied=self.top_up_for_id is not None,
            after_sale=self.after_sale,
            lines_unclear=bool(self.lines_unclear),
            doubtful=self.review_by is not None,
            closed_from=self.closed_from,
            do_not_remind=self.do_not_remind,
            opted_out=self._opted_out(),
            expedited=self.expedited,
            pickup=self.delivery == Delivery.PICKUP,
            timed=self.close_at is not None or self.remind_at is not None,
            goods_count=self.goods_count,
            refund_reserved=self.refund_reserved,
            refunded_before=self.refunded_before,
            parted=self.parted,
            merged=self.merged_into.order_no if self.merged_into else "",
            holds=tuple(hold.fact() for hold in holds),
        )

    def _opted_out(self) -> bool:
        """Where the buyer is loaded: does a list ask, it asks for no buyer of each row."""
        buyer = self._state.fields_cache.get("buyer")
        return bool(buyer and buyer.no_messages)


# The columns that `facts` reads, for lists of something else that need no more of an order.
FACTS = (
    *("order_no", "platform_no", "state", "terms", "released_at", "handed_over_at", "due", "paid"),
    *("paid_by_platform", "topped_up", "given_back", "is_top_up", "top_up_for", "after_sale"),
    *("lines_unclear", "review_by", "closed_from", "do_not_remind", "expedited", "close_at"),
    *("remind_at", "delivery", "goods_count", "refund_reserved", "refunded_before", "parted"),
    "merged_into",
)


def tail(mobile: str) -> str:
    """The last 4 digits that a platform's mask left, for a search by them."""
    digits = mobile.split("-")[0].strip()[-4:]
    return digits if len(digits) == 4 and digits.isdigit() else ""


def _readable(order: Order) -> bool:
    return not any(
        "*" in text or text[:2] in ("##", "$$") for text in (order.consignee, order.mobile)
    )
