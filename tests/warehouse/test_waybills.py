"""Waybill numbers: from the pool, by the interface or the scan; each is used once (SOP 2.g)."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.sandbox.eorder import CREDENTIALS
from connectors.sandbox.server import Sandbox
from core.acts import TIMER, Actor, act_on
from core.messages import deliver_due
from core.models import Act, OutboxMessage
from core.verdict import Refused
from orders.models import OldWaybill
from orders.services.account import save_account
from staff.factories import UserFactory
from staff.models import Notice, User
from tests.printing.parcels import begun, edit, stop
from tests.warehouse.parcels import in_the_warehouse
from warehouse.models import Parcel, WaybillNumber
from warehouse.numbers import read
from warehouse.services.waybills.assign import assign_waybills, granted, scanned
from warehouse.services.waybills.pool import import_waybills
from warehouse.services.waybills.replace import replace_waybill
from warehouse.services.waybills.void import void
from warehouse.words import ParcelState

pytestmark = pytest.mark.django_db


@pytest.fixture
def logistics(db: None) -> User:
    return UserFactory.create(role="logistics", full_name="赵物流")


@pytest.fixture
def client(logistics: User) -> Client:
    client = Client()
    client.force_login(logistics)
    return client


def fill(first: int, count: int, user: User, carrier: str = "YTO") -> None:
    text = f"YT{first:013d}-YT{first + count - 1:013d}"
    import_waybills(carrier, read(text, carrier), by=Actor.person(user), now=timezone.now())


def assign(parcels: list[Parcel], user: User) -> Any:
    return assign_waybills(parcels, by=Actor.person(user), now=timezone.now())


def void_with_its_stop(parcel: Parcel) -> None:
    """As the act does that stops a parcel."""
    stop(parcel)
    with act_on("seed", [parcel], by=TIMER):
        void([parcel], now=timezone.now())


# The pool


def test_numbers_are_taken_in_their_order_each_once(logistics: User) -> None:
    fill(8962646785389, 3, logistics)
    _, parcels = begun(2, waybills=False)
    done = assign(parcels, logistics)
    assert (done.given, done.left) == (2, 0)
    numbers = [Parcel.objects.get(pk=p.pk).waybill for p in parcels]
    assert numbers == ["YT8962646785389", "YT8962646785390"]
    assert Parcel.history.filter(id=parcels[0].pk).first().waybill == numbers[0]
    assert assign(parcels, logistics).given == 0
    _, (third,) = begun(1, waybills=False)
    assign([third], logistics)
    third.refresh_from_db()
    assert third.waybill == "YT8962646785391"


def test_when_the_pool_is_empty_the_rest_waits_for_the_scan(logistics: User) -> None:
    fill(8962646785389, 1, logistics)
    _, parcels = begun(3, waybills=False)
    done = assign(parcels, logistics)
    assert (done.given, done.left) == (1, 2)
    assert "发货时扫面单上的运单号" in done.said


def test_an_upload_twice_puts_each_number_in_once(logistics: User) -> None:
    fill(8962646785389, 5, logistics)
    text = read("YT8962646785389-YT8962646785395", "YTO")
    kept = import_waybills("YTO", text, by=Actor.person(logistics), now=timezone.now())
    assert (kept.new, kept.known) == (2, 5)
    assert WaybillNumber.objects.count() == 7


def test_logistics_is_told_once_a_day_when_few_are_left(logistics: User) -> None:
    fill(8962646785389, 50, logistics)
    for _ in range(2):
        assign(begun(1, waybills=False)[1], logistics)
    notices = Notice.objects.filter(text__contains="只剩")
    assert [notice.role for notice in notices] == ["logistics"]


def test_a_stopped_parcels_number_is_void_and_never_given_again(logistics: User) -> None:
    fill(8962646785389, 2, logistics)
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    void_with_its_stop(parcel)
    _, others = begun(2, waybills=False)
    done = assign(others, logistics)
    assert (done.given, done.left) == (1, 1)
    assert WaybillNumber.objects.get(number="YT8962646785389").voided_at is not None


@pytest.mark.parametrize(
    "order", [{"delivery": "pickup"}, {"delivery": "freight"}, {"masked": True}, {"carrier": ""}]
)
def test_what_no_carrier_of_ours_takes_spends_no_number(
    logistics: User, order: dict[str, Any]
) -> None:
    fill(8962646785389, 2, logistics)
    _, parcels = begun(1, waybills=False, **order)
    assert assign(parcels, logistics).given == 0
    assert WaybillNumber.objects.filter(parcel=None).count() == 2


@pytest.mark.postgres
@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_benches_never_take_the_same_number(logistics: User) -> None:
    fill(8962646785389, 40, logistics)
    halves = [begun(20, waybills=False)[1], begun(20, waybills=False)[1]]
    ready = threading.Barrier(2)

    def bench(parcels: list[Parcel]) -> None:
        ready.wait()
        for at in range(0, 20, 4):
            assign(parcels[at : at + 4], logistics)
        connection.close()

    threads = [threading.Thread(target=bench, args=[half]) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(Parcel.objects.values_list("waybill", flat=True))
    assert len(set(numbers) - {""}) == 40
    assert not WaybillNumber.objects.filter(parcel=None).exists()


# The interface


@pytest.fixture
def agreed(sandbox: Sandbox, logistics: User) -> Sandbox:
    """The shop of the parcels has an account for electronic waybills."""
    _, (parcel,) = begun(1, waybills=False, carrier="STO")
    by = Actor.person(logistics)
    save_account(parcel.order.shop, "eorder", CREDENTIALS, by=by, now=timezone.now())
    return sandbox


def ordered(sandbox: Sandbox) -> list[str]:
    return [effect.key for effect in sandbox.state.effects("eorder", "order")]


def cancelled(sandbox: Sandbox) -> list[str]:
    return [effect.key for effect in sandbox.state.effects("eorder", "cancel")]


def test_a_number_by_the_interface_comes_by_a_message(agreed: Sandbox, logistics: User) -> None:
    _, (parcel,) = begun(1, waybills=False)
    assert assign([parcel], logistics).asked == 1
    assert ordered(agreed) == []  # an act never calls out
    deliver_due()
    parcel.refresh_from_db()
    assert [parcel.waybill] == ordered(agreed)
    number = WaybillNumber.objects.get(parcel=parcel)
    assert (number.source, number.mark) == ("eorder", "深圳-A01")


def test_the_interface_goes_before_the_pool(agreed: Sandbox, logistics: User) -> None:
    fill(8962646785389, 2, logistics)
    done = assign(begun(1, waybills=False)[1], logistics)
    assert (done.asked, done.given) == (1, 0)


def test_an_answer_that_was_lost_costs_no_second_number(agreed: Sandbox, logistics: User) -> None:
    agreed.state.fault("eorder", "error_500_after", 2)
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    deliver_due()
    parcel.refresh_from_db()
    assert parcel.waybill == ""
    OutboxMessage.objects.update(not_before=timezone.now())
    deliver_due()
    parcel.refresh_from_db()
    assert [parcel.waybill] == ordered(agreed)


def test_a_parcel_that_was_stopped_gives_its_number_back(agreed: Sandbox, logistics: User) -> None:
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    deliver_due()
    void_with_its_stop(parcel)
    deliver_due()
    assert cancelled(agreed) == ordered(agreed) != []
    assert WaybillNumber.objects.get(parcel=parcel).void_told_at is not None


def test_a_number_that_comes_after_the_stop_is_void_at_once(
    agreed: Sandbox, logistics: User
) -> None:
    agreed.state.fault("eorder", "error_500_after", 2)
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    deliver_due()
    void_with_its_stop(parcel)
    for _ in range(2):
        OutboxMessage.objects.update(not_before=timezone.now())
        deliver_due()
    parcel.refresh_from_db()
    assert parcel.waybill == ""
    assert cancelled(agreed) == ordered(agreed) != []


def test_a_stop_before_the_message_asks_for_nothing(agreed: Sandbox, logistics: User) -> None:
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    void_with_its_stop(parcel)
    deliver_due()
    assert ordered(agreed) == []


def test_a_refusal_is_shown_where_the_label_is_printed(
    agreed: Sandbox, logistics: User, client: Client
) -> None:
    wave, (parcel,) = begun(1, waybills=False)
    edit(parcel.order, province="")
    assign([parcel], logistics)
    page = reverse("print-wave", args=[wave.number, "label"])
    assert "正在取运单号" in client.get(page).content.decode()
    deliver_due()
    assert "没有取到运单号" in client.get(page).content.decode()


def test_the_same_answer_twice_is_kept_once(agreed: Sandbox) -> None:
    _, (parcel,) = begun(1, waybills=False)
    for _ in range(2):
        granted(parcel, "YT8800000000009", "", now=timezone.now())
    assert WaybillNumber.objects.filter(parcel=parcel).count() == 1


def test_a_number_that_another_parcel_has_is_refused(agreed: Sandbox) -> None:
    """Failure mode 30: a waybill on the wrong parcel."""
    _, (first, second) = begun(2, waybills=False)
    granted(first, "YT8800000000009", "", now=timezone.now())
    with pytest.raises(Refused, match="已经用在别的包裹上"):
        granted(second, "YT8800000000009", "", now=timezone.now())


# The scan at the ship station


def scan(parcel: Parcel, number: str) -> None:
    with act_on("seed", [parcel], by=TIMER):
        scanned(parcel, "YTO", number, timezone.now())


def test_a_scanned_number_of_the_pool_is_used_with_it(logistics: User) -> None:
    fill(8962646785389, 1, logistics)
    _, (parcel,) = begun(1, waybills=False)
    scan(parcel, "YT8962646785389")
    assert WaybillNumber.objects.get().parcel == parcel
    scan(parcel, "YT8962646785389")
    scan(parcel, "YT0000000000001")  # of nobody's pool: nothing to say


def test_a_void_number_and_another_parcels_are_refused(logistics: User) -> None:
    fill(8962646785389, 1, logistics)
    _, (first, second) = begun(2, waybills=False)
    scan(first, "YT8962646785389")
    with pytest.raises(Refused, match="别的包裹"):
        scan(second, "YT8962646785389")
    void_with_its_stop(first)
    with pytest.raises(Refused, match="已作废"):
        scan(second, "YT8962646785389")


# The screens


def test_the_pool_shows_what_is_left_and_takes_new_ones(client: Client, logistics: User) -> None:
    url = reverse("waybills")
    assert "还没有放过运单号" in client.get(url).content.decode()
    answer = client.post(
        url,
        {"carrier": "YTO", "numbers": "YT0000000000001-YT0000000000005", "token": uuid.uuid4()},
        follow=True,
    )
    page = answer.content.decode()
    assert "放进了 5 个新的运单号" in page
    assert "不到 100 个" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"carrier": "YTO", "numbers": "YT1"}, "第 1 行"),
        ({"carrier": "", "numbers": "YT0000000000001"}, "选"),
        ({"carrier": "YTO", "numbers": ""}, "填上运单号"),
        ({"carrier": "YTO", "numbers": "\0"}, "空字符"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    client: Client, typed: dict[str, str], says: str
) -> None:
    answer = client.post(reverse("waybills"), typed | {"token": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not WaybillNumber.objects.exists()


def test_another_carriers_numbers_are_taken_with_a_warning(client: Client) -> None:
    typed = {"carrier": "YTO", "numbers": "SF1234567890123", "token": uuid.uuid4()}
    page = client.post(reverse("waybills"), typed, follow=True).content.decode()
    assert "看上去不像这家快递" in page
    assert WaybillNumber.objects.count() == 1


def test_the_button_on_the_label_page_fetches_numbers(client: Client, logistics: User) -> None:
    fill(8962646785389, 5, logistics)
    wave, _ = begun(2, waybills=False)
    page = reverse("print-wave", args=[wave.number, "label"])
    assert "2 个还没有运单号" in client.get(page).content.decode()
    url = reverse("waybills-wave", args=[wave.number])
    answer = client.post(url, {"token": uuid.uuid4()}, follow=True)
    assert "2 个取到了运单号" in answer.content.decode()
    assert "2 个可以打" in answer.content.decode()


def test_the_pool_asks_a_fixed_number_of_times(
    client: Client, logistics: User, django_assert_num_queries: Any
) -> None:
    fill(1, 300, logistics)
    with django_assert_num_queries(4):
        assert "99+" in client.get(reverse("waybills")).content.decode()


# Another number for the same parcel


def swap(parcel: Parcel, user: User, why: str = "面单损坏") -> Any:
    return replace_waybill(parcel, why, by=Actor.person(user), now=timezone.now())


def test_a_spoiled_label_gets_the_next_number_of_the_pool(logistics: User) -> None:
    """The old one is void for ever: searched by it the order is found, scanned it is refused."""
    fill(8962646785389, 2, logistics)
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    assert swap(parcel, logistics).given == 1
    parcel.refresh_from_db()
    assert parcel.waybill == "YT8962646785390"
    assert WaybillNumber.objects.get(number="YT8962646785389").voided_at is not None
    assert OldWaybill.objects.get().number == "YT8962646785389"
    with pytest.raises(Refused, match="已作废"):
        scan(parcel, "YT8962646785389")
    told = Act.objects.get(verb="replace_waybill", part_of=None)
    assert (told.reason, told.clause) == ("面单损坏", "2.g")


def test_an_empty_pool_leaves_the_new_number_to_the_scan(logistics: User) -> None:
    _, (parcel,) = begun(1)
    old = parcel.waybill
    assert swap(parcel, logistics).left == 1
    parcel.refresh_from_db()
    assert parcel.waybill == ""
    with pytest.raises(Refused, match="已作废"):
        scan(parcel, old)


def test_the_interface_is_asked_under_another_key(agreed: Sandbox, logistics: User) -> None:
    """The same key would bring the same number back."""
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    deliver_due()
    parcel.refresh_from_db()
    first = parcel.waybill
    swap(parcel, logistics, "快递不认这个单号")
    deliver_due()
    parcel.refresh_from_db()
    assert parcel.waybill not in ("", first)
    assert cancelled(agreed) == [first]
    assert ordered(agreed) == [first, parcel.waybill]
    keys = WaybillNumber.objects.order_by("id").values_list("asked_as", flat=True)
    assert list(keys) == [parcel.number, f"{parcel.number}-2"]


@pytest.mark.parametrize(
    ("state", "order", "says"),
    [
        ("shipped", {}, "更正运单号"),
        ("weighed", {"delivery": "pickup"}, "自提"),
        ("weighed", {"masked": True}, "平台"),
    ],
)
def test_what_cannot_get_another_number(
    client: Client, state: str, order: dict[str, Any], says: str
) -> None:
    _, parcel = in_the_warehouse(ParcelState(state), waybill="YT100000001", **order)
    url = reverse("replace-waybill", args=[parcel.number])
    assert says in client.get(url).content.decode()
    answer = client.post(url, {"why": "面单损坏", "token": uuid.uuid4()})
    assert answer.status_code == 409


def test_another_number_on_the_screen_leads_to_its_label(client: Client, logistics: User) -> None:
    fill(8962646785389, 2, logistics)
    _, (parcel,) = begun(1, waybills=False)
    assign([parcel], logistics)
    url = reverse("replace-waybill", args=[parcel.number])
    answer = client.post(url, {"why": "面单丢了", "token": uuid.uuid4()}, follow=True)
    page = answer.content.decode()
    assert "YT8962646785389 已作废，1 个取到了运单号" in page
    assert "YT8962646785390" in page


def test_the_order_leads_to_its_label_and_another_number(client: Client, logistics: User) -> None:
    """Whoever hears from the carrier that a number is no good finds it by the order."""
    _, (parcel,) = begun(1)
    order = parcel.order
    url = reverse("order-papers", args=[order.order_no])
    assert url in client.get(reverse("order", args=[order.order_no])).content.decode()
    page = client.get(url, follow=True).content.decode()
    assert reverse("replace-waybill", args=[parcel.number]) in page
    stop(parcel)
    assert client.get(url).status_code == 404
