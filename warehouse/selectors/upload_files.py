"""What waits for a platform's bulk shipping page, and the files that were made of it (SOP 2.h)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from orders.models import HandTask, Order, Shop
from orders.words import BY_HAND, CARRIERS, HandTaskKind
from warehouse.models import UploadFile, UploadTemplate
from warehouse.selectors.numbers import cause_of, numbers_of
from warehouse.upload_files import Shipped, Template, fill, is_plain

MOST = 500  # rows of a file
EARLIER = 5
SHOWN = 100  # files of all shops
LOOKED_AT = 5000  # tasks that are counted


@dataclass(frozen=True, slots=True)
class ShopFiles:
    """One shop on the list."""

    shop: Shop
    waiting: int
    template: UploadTemplate | None
    open: UploadFile | None
    earlier: list[UploadFile]

    @property
    def waits(self) -> str:
        return f"{MOST}+" if self.waiting > MOST else str(self.waiting)


def files_of(user: Any) -> list[ShopFiles]:
    """The shops whose platform is told by hand, with what waits, most first; 4 queries."""
    shops = list(_shops(user))
    waiting = Counter(_open_tasks().values_list("order__shop_id", flat=True)[:LOOKED_AT])
    templates = UploadTemplate.objects.defer("file").in_bulk([shop.pk for shop in shops])
    files = defaultdict(list)
    for file in UploadFile.objects.filter(shop__in=shops).order_by("-made_at")[:SHOWN]:
        files[file.shop_id].append(file)
    found = [
        ShopFiles(
            shop,
            waiting[shop.pk],
            templates.get(shop.pk),
            next((file for file in files[shop.pk] if file.open), None),
            [file for file in files[shop.pk] if not file.open][:EARLIER],
        )
        for shop in shops
    ]
    return sorted(found, key=lambda each: -each.waiting)


def _shops(user: Any) -> QuerySet[Shop]:
    shops = Shop.objects.filter(active=True).exclude(channel__in=[c.value for c in BY_HAND])
    return shops.filter(code__in=user.shop_codes) if user.shop_codes else shops


def get_shop(user: Any, code: str) -> Shop:
    """A shop that sells on a platform; another person's is 404."""
    shop = _shops(user).filter(code=code).first()
    if shop is None:
        raise Http404("no such shop")
    return shop


def get_file(user: Any, code: str, file_id: int) -> UploadFile:
    """A file of the shop; another shop's is 404."""
    file = UploadFile.objects.filter(shop=get_shop(user, code), pk=file_id).first()
    if file is None:
        raise Http404("no such file")
    return file


def template_of(shop: Shop) -> UploadTemplate | None:
    return UploadTemplate.objects.filter(shop=shop).select_related("shop").first()


def open_file(shop: Shop) -> UploadFile | None:
    """The file that nobody has ticked or dropped yet."""
    return UploadFile.objects.filter(shop=shop, done_at__isnull=True).first()


def _open_tasks() -> QuerySet[HandTask]:
    """What is to be told of parcels, the oldest first."""
    tasks = HandTask.objects.filter(kind=HandTaskKind.DISPATCH.value, done_at__isnull=True)
    return tasks.order_by("opened_at", "id")


def waiting_rows(shop: Shop) -> list[list[Any]]:
    """Hand task, platform number, carrier and waybill of what goes into the next file.

    What a spreadsheet could take for a formula stays a hand task; so does a part of a platform's
    order, since such a file ships whole orders.
    """
    rows = []
    for task in _open_tasks().filter(order__shop=shop).select_related("order__shop")[:MOST]:
        order = task.order
        whole = [n for n in numbers_of(order) if n.shop == shop and not n.lines and not n.over]
        causes = {cause_of(order, number): number.platform_no for number in whole}
        number = causes.get(task.cause, "")
        if is_plain(number) and is_plain(order.waybill):
            rows.append([task.pk, number, order.carrier, order.waybill])
    return rows


def content(file: UploadFile, template: UploadTemplate) -> bytes:
    """The file as the platform takes it."""
    shape = Template(template.kind, template.line, tuple(template.header))
    return fill(bytes(template.file), shape, template.columns, shipped(file, template))


def shipped(file: UploadFile, template: UploadTemplate) -> list[Shipped]:
    """Its rows with the carriers as the platform calls them."""
    tasks = [row[0] for row in file.rows]
    orders = Order.objects.filter(hand_tasks__in=tasks).values_list("hand_tasks", "shipped_at")
    times = {task: at and timezone.localtime(at) for task, at in orders}
    return [
        Shipped(number, carrier, carrier_name(template, carrier), waybill, times.get(task))
        for task, number, carrier, waybill in file.rows
    ]


def carrier_name(template: UploadTemplate, carrier: str) -> str:
    """As this platform calls it, else as we do."""
    return str(template.carriers.get(carrier) or CARRIERS.get(carrier, carrier))
