"""What a customer says of an order that arrived: when it is asked, what is bad (SOP 6.c). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.verdict import Say, Verdict, no, yes
from orders.policy import OrderFacts
from orders.words import OrderState

S = OrderState
MOST_STARS = 5
BAD_STARS = 2  # so many or fewer become a complaint
LONGEST = 500  # characters


@dataclass(frozen=True, slots=True)
class Answer:
    """Did it arrive whole, how many stars, and the customer's own words."""

    intact: bool
    stars: int
    text: str = ""

    @property
    def bad(self) -> bool:
        """Somebody has to look after it (SOP 6.c, 7.c)."""
        return not self.intact or self.stars <= BAD_STARS

    @property
    def said(self) -> str:
        """In a few words, for colleagues."""
        return f"{self.stars} 星，{'商品完好' if self.intact else '商品有破损或不对'}"


def may_record_feedback(order: OrderFacts, *, answered: bool) -> Verdict:
    """Once an order, from its receipt on (SOP 6.c)."""
    if order.is_top_up:
        return no("6.c", "这是补差价订单，没有商品可以评价。")
    if answered:
        return no("6.c", "这一单已经评价过了，不用再登记。", Say("feedback.known"))
    if order.state in (S.RECEIVED, S.COMPLETED):
        return yes("6.c", "问买家：商品完好吗？打几星？完好且 3 星以上只记下，否则自动开投诉。")
    return no("6.c", f"订单{order.state.label}，签收以后才能登记评价。")
