"""From a worklist one comes back to the worklist."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from orders.models import Order
from staff.http import Request


def from_list(
    request: Request, answer: HttpResponse, order: Order, said: str, name: str
) -> HttpResponse:
    """What was done is said above the list that the button stood on."""
    if answer.status_code != 302 or request.POST.get("back") != "list":
        return answer
    link = format_html('<a href="{}">{}</a>', order.get_absolute_url(), order.order_no)
    messages.success(request, format_html("{} {}。", link, said))
    return redirect(name)
