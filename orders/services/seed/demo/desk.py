"""What lies on the demo's desks: notices, saved views, and the log of revealed data."""

from __future__ import annotations

from django.urls import reverse

from orders.models import Order
from orders.services.seed.demo.stage import Stage
from staff.roles import Role
from staff.services.reveal import REASONS, reveal
from staff.services.tell import tell
from staff.services.views import save_view


def play(stage: Stage) -> None:
    """Notices to a person and to a role; views of one's own and shared; who looked at what."""
    search, people = reverse("search"), stage.people
    tell("有 3 单今天要再联系买家", to=people["aftersales"], url=f"{search}?hold=stock_out")
    tell("昨天导入的订单里有明细待确认", role=Role.AGENT, url=f"{search}?other=unclear")
    tell("有补差价订单还没有关联", role=Role.SENIOR, url=f"{search}?money=untied")
    tell("有订单过了承诺发货时间", role=Role.SUPERVISOR, url=f"{search}?other=late")
    save_view(people["agent"], "淘宝待下发", "shop=taobao&other=unreleased")
    save_view(people["senior"], "审单挂起", "hold=review", shared=True)
    save_view(people["supervisor"], "过了承诺发货", "other=late", shared=True)
    save_view(people["finance"], "多付的", "money=over")
    save_view(people["supervisor"], "超过 3 天的", "age=3", place="refunds", shared=True)
    save_view(people["finance"], "大额的", "risk=large", place="refunds")
    for hours, order in enumerate(Order.objects.filter(state="paid").order_by("pk")[:12], start=1):
        name = ("agent", "agent2", "aftersales")[hours % 3]
        reason = REASONS[hours % len(REASONS)]
        reveal(
            people[name],
            "order",
            order.pk,
            no=order.order_no,
            reason=reason,
            now=stage.ago(hours=13 + hours),
        )
