"""The operations: register, read, list, pay, note (SOP 5.a).

ninja reads the annotations of what `once` wraps: they stand as they are, not as strings.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Path, Query, Router
from pydantic import BaseModel

from core.money import ZERO
from core.verdict import Refused
from orders.api import intake
from orders.api.once import KEY, once
from orders.api.out import order_out
from orders.api.problems import Failed, Fault, wrong
from orders.api.read import BAD_CHARACTER, bad
from orders.api.schemas import (
    NoteIn,
    NoteOut,
    OrderIn,
    OrderOut,
    OrdersOut,
    PaymentIn,
    ProblemOut,
)
from orders.api.signin import Bearer, Caller
from orders.models import Order
from orders.selectors.feed import changes, orders_of
from orders.services.intake import take_in
from orders.services.note import note
from orders.services.pay import mark_paid
from staff.roles import Scope

router = Router()
ALWAYS = {401: ProblemOut, 403: ProblemOut, 422: ProblemOut, 429: ProblemOut}
WRITING = ALWAYS | {400: ProblemOut, 409: ProblemOut, 413: ProblemOut, 415: ProblemOut}
ONE = {404: ProblemOut}
MOST = 200
LIST = {"cursor", "limit", "platform_no"}

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        description="每个新请求一个随机的键；重试用同一个键，24 小时内得到同一个答复",
    ),
]
OrderNo = Annotated[str, Path(max_length=32, description="我们的订单号 G…")]


def json(body: BaseModel, status: int = 200, **headers: str) -> HttpResponse:
    return HttpResponse(body.model_dump_json(), "application/json", status, headers=headers)


def caller_of(request: Any) -> Caller:
    caller: Caller = request.auth
    return caller


def find(caller: Caller, order_no: str) -> Order:
    """The shop's order; another shop's is 404 like one that does not exist. Raises Failed."""
    number = "" if bad(order_no) else order_no.upper()
    order = orders_of(caller.shop).filter(order_no=number).first()
    if order is None:
        raise Failed(404, "no_order", "这个店铺没有这张订单。")
    return order


@router.post(
    "orders",
    auth=Bearer(Scope.ORDERS_WRITE),
    response={200: OrderOut, 201: OrderOut} | WRITING,
    url_name="api-orders",
    operation_id="register_order",
    summary="登记订单",
    description=(
        "和手工登记、导入同一套检查。同一个 platform_no 内容相同再来一次：200 和那张订单；"
        "内容不同：409。带 payments 时另要 payments:write。"
    ),
)
@once
def register(request: HttpRequest, body: OrderIn, idempotency_key: Key) -> HttpResponse:
    caller = caller_of(request)
    if body.payments:
        caller.need(Scope.PAYMENTS_WRITE)
    if known := _known(caller, body):
        return json(order_out(known))
    now = timezone.now()
    new = intake.new_order(body, caller.shop, now)
    try:
        made = take_in(new, intake.payments(body.payments), by=caller.actor, now=now)
    except Refused:
        if known := _known(caller, body):  # the same order came twice at once, by two keys
            return json(order_out(known))
        raise
    shown = order_out(find(caller, made.order_no))
    return json(shown, 201, Location=shown.url)


def _known(caller: Caller, body: OrderIn) -> Order | None:
    """The order that was registered from this very request; raises Failed for another one."""
    same = orders_of(caller.shop).filter(platform_no=body.platform_no)
    order = same.order_by("part").first()
    if order is not None and intake.digest_of(body) not in order.import_digests:
        said = f"订单号 {body.platform_no} 已经登记过（{order.order_no}），内容和这次不一样。"
        raise Failed(409, "order_exists", said, more={"order_no": order.order_no})
    return order


@router.get(
    "orders",
    auth=Bearer(Scope.ORDERS_READ),
    response={200: OrdersOut} | ALWAYS,
    url_name="api-orders",
    operation_id="list_orders",
    summary="列出改动过的订单",
    description=(
        "从 cursor 以后改动过的订单，按改动先后；空 cursor = 从头。把答复里的 cursor 留到下次用，"
        "不会漏掉任何改动。改动最多 60 秒后出现在这里。"
        "platform_no：只找这一个对方单号，不看 cursor。"
    ),
)
def listed(
    request: HttpRequest,
    cursor: Annotated[str, Query(pattern=r"^[0-9]{0,18}$")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    platform_no: Annotated[str, Query(max_length=64)] = "",
) -> HttpResponse:
    caller = caller_of(request)
    wrong(_query_faults(request))
    if platform_no:
        found = orders_of(caller.shop).filter(platform_no=platform_no).order_by("part")
        shown = [order_out(order) for order in found[:limit]]
        return json(OrdersOut(orders=shown, cursor=cursor, more=False))
    feed = changes(caller.shop, int(cursor or 0), limit, timezone.now())
    shown = [order_out(order) for order in feed.orders]
    return json(OrdersOut(orders=shown, cursor=str(feed.after), more=feed.more))


def _query_faults(request: HttpRequest) -> list[Fault]:
    """What ninja does not see: names that nobody knows, signs that no database keeps."""
    faults = []
    for name, values in request.GET.lists():
        if name not in LIST:
            shown = f"#/{name.encode(errors='replace').decode()[:50]}"
            faults.append(Fault(shown, "unknown_field", "不认识这个参数。", "query"))
        elif len(values) > 1:
            faults.append(Fault(f"#/{name}", "key_twice", "这个参数写了两次。", "query"))
        elif bad(values[0]):
            faults.append(Fault(f"#/{name}", "bad_character", BAD_CHARACTER, "query"))
    return faults


@router.get(
    "orders/{order_no}",
    auth=Bearer(Scope.ORDERS_READ),
    response={200: OrderOut} | ALWAYS | ONE,
    url_name="api-order",
    operation_id="read_order",
    summary="读一张订单",
    description="收货信息是遮盖过的；别的店铺的订单是 404。",
)
def one(request: HttpRequest, order_no: OrderNo) -> HttpResponse:
    return json(order_out(find(caller_of(request), order_no)))


@router.post(
    "orders/{order_no}/payments",
    auth=Bearer(Scope.PAYMENTS_WRITE),
    response={201: OrderOut} | WRITING | ONE,
    url_name="api-payments",
    operation_id="mark_paid",
    summary="登记付款",
    description=(
        "订单的付款，或换货以后补的差价。付够了，订单继续往下走，等补差价的挂起自动解除；"
        "多付的记为应退。交易号登记过、订单已付清或已关闭：409。"
    ),
)
@once
def pay(
    request: HttpRequest, order_no: OrderNo, body: PaymentIn, idempotency_key: Key
) -> HttpResponse:
    caller = caller_of(request)
    order = find(caller, order_no)
    if body.amount == ZERO:
        wrong([Fault("#/amount", "too_small", intake.NOTHING_PAID)])
    mark_paid(order, intake.payment(body), by=caller.actor, now=timezone.now())
    return json(order_out(find(caller, order.order_no)), 201)


@router.post(
    "orders/{order_no}/notes",
    auth=Bearer(Scope.NOTES_WRITE),
    response={201: NoteOut} | WRITING | ONE,
    url_name="api-notes",
    operation_id="write_note",
    summary="写备注",
    description="显示在订单页上；for_shop：也要写到店铺后台的备注里。",
)
@once
def write_note(
    request: HttpRequest, order_no: OrderNo, body: NoteIn, idempotency_key: Key
) -> HttpResponse:
    caller = caller_of(request)
    order, now = find(caller, order_no), timezone.now()
    note(order, body.text, by=caller.actor, now=now, for_shop=body.for_shop)
    shown = NoteOut(order_no=order.order_no, text=body.text, for_shop=body.for_shop, at=now)
    return json(shown, 201)
