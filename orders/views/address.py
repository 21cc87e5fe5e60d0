"""Split a pasted “name telephone address” into the fields, for confirmation (SOP 1.1.a)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.verdict import yes
from orders.addresses import split_contact
from orders.forms.modify import ReceivingForm
from orders.selectors.order import get_order
from staff.http import Request
from staff.matrix import allow


@allow("modify_receiving")
@require_POST
def split_address(request: Request, order_no: str) -> HttpResponse:
    """The receiving fields filled from the pasted text; nothing is saved."""
    order = get_order(request.user, order_no)
    pasted = split_contact(request.POST.get("text", ""))
    names = ("mobile", "telephone", "province", "city", "district", "street", "zip_code")
    values = {name: getattr(pasted, name) for name in names} | {"consignee": pasted.name}
    form = ReceivingForm(order=order, initial=values)
    context = {"form": form, "doubts": [*pasted.doubts], "order": order}
    if request.htmx:
        return render(request, "orders/_receiving_fields.html", context)
    return render(request, "orders/receiving.html", _page(request, order, form, context))


def _page(
    request: Request, order: object, form: ReceivingForm, context: dict[str, object]
) -> dict[str, object]:
    """Without JavaScript the whole page comes again with the fields filled."""
    return context | {
        "page": {"title": "修改收货信息", "button": "保存"},
        "verdict": yes("1.1.e", "核对分好的各栏，再保存。"),
        "action": request.path.replace("/split-address", "/modify-receiving"),
        "conflict": None,
    }
