"""What is done by hand on a platform: the worklist, and its tick."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html

from core.keyset import BadCursor
from core.models import Act
from orders import policy
from orders.forms.simple import NothingForm
from orders.models import HandTask, Order
from orders.selectors.hand import CHANNELS, task_page
from orders.selectors.order import get_order
from orders.services.hand import finish_hand_task, reopen_hand_task
from orders.views.act_page import ActPage, show_or_do
from staff.http import Request
from staff.matrix import allow

Common = dict[str, Any]


@allow("finish_hand_task")
def tasks(request: Request) -> HttpResponse:
    """What nobody has done yet, the oldest first; of one platform where one is chosen."""
    channel = request.GET.get("channel", "")
    try:
        found = task_page(request.user, request.GET.get("page", ""), channel)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("hand-tasks")
    base = f"?channel={channel}" if channel in CHANNELS else "?"
    context = {"page": found, "base": base, "channel": channel, "channels": CHANNELS}
    return render(request, "orders/hand_tasks.html", context)


@allow("finish_hand_task")
def finish(request: Request, order_no: str, task_id: int) -> HttpResponse:
    """Tick it; from the worklist one comes back to the worklist."""
    order = get_order(request.user, order_no)
    task = get_object_or_404(HandTask, pk=task_id, order=order)

    def perform(order: Order, form: NothingForm, common: Common) -> Act:
        return finish_hand_task(order, task, **common)

    page = ActPage(
        "finish_hand_task",
        f"手工事项：{task.get_kind_display()}",
        NothingForm,
        lambda o: policy.may_tick(task.done_by_name if task.done_at else ""),
        perform,
        "做完了",
        more=lambda order, form: {"about": f"{task.text}（{task.where}）"},
    )
    answer = show_or_do(request, page, order)
    if answer.status_code == 302 and request.POST.get("back") == "list":
        link = format_html('<a href="{}">{}</a>', order.get_absolute_url(), order.order_no)
        messages.success(request, format_html("{} 做完了：{}。", link, task.get_kind_display()))
        return redirect("hand-tasks")
    return answer


@allow("reopen_hand_task")
def reopen(request: Request, order_no: str, task_id: int) -> HttpResponse:
    """Take a tick back that came too early."""
    order = get_order(request.user, order_no)
    task = get_object_or_404(HandTask, pk=task_id, order=order)
    now = timezone.now()

    def perform(order: Order, form: NothingForm, common: Common) -> Act:
        return reopen_hand_task(order, task, **common)

    page = ActPage(
        "reopen_hand_task",
        f"取消勾选：{task.get_kind_display()}",
        NothingForm,
        lambda o: policy.may_untick(task.done_at, by_hand=task.done_by_id is not None, now=now),
        perform,
        "还没做，取消勾选",
        more=lambda order, form: {"about": task.text},
    )
    return show_or_do(request, page, order)
