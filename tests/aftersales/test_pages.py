"""The pages of after-sales: button, dialog with verdict and cost, case, dock, slip, lists."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.models import Case
from aftersales.services.ending import withdraw_case
from aftersales.services.parcels import note_waybill
from aftersales.services.questions import open_question
from aftersales.services.unowned import OnIt, register_unowned
from aftersales.words import CaseKind
from core.acts import Actor
from orders.models import Order
from refunds.models import Refund
from staff.factories import UserFactory
from stock.factories import SkuFactory
from tests.acts.pages import do, fields, page_of, send
from tests.aftersales import asking
from tests.aftersales.asking import back, newest, now_of, only_line
from tests.pictures import photo
from tests.refunds.asking import goods

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def order() -> Order:
    return asking.received(received_at=timezone.now() - timedelta(days=2))


def client(role: str) -> Client:
    found = Client()
    found.force_login(UserFactory.create(role=role))
    return found


def opened(order: Order, by: Actor) -> Case:
    return asking.opened(order, by, back(order, "quality"), now=timezone.now())


def act(who: Client, case: Case, verb: str, **typed: Any) -> Any:
    """Open the page of an act on a case, type, send."""
    url = reverse(verb, args=[case.number])
    return who.post(url, fields(who.get(url).content.decode()) | typed)


def test_from_the_order_to_the_case(agent_client: Client, order: Order) -> None:
    """The button leads to the kinds; the preview says the cost; then it stands on the order."""
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert reverse("open-case", args=[order.order_no]) in html
    kinds = agent_client.get(reverse("open-case", args=[order.order_no])).content.decode()
    assert reverse("open-return", args=[order.order_no]) in kinds
    line = order.lines.order_by("id").first()
    assert line is not None
    typed = {f"back-{line.pk}": "1", "reason": "size"}
    data = page_of(agent_client, "open-return", order)
    draft = send(agent_client, "open-return", order, data, preview="1", **typed).content.decode()
    for text in ("买家承担", "先跟买家说", "在期限内"):
        assert text in draft
    assert not Case.objects.exists()
    picture = SimpleUploadedFile("标签.jpg", photo("JPEG", place=True), "image/jpeg")
    answer = do(agent_client, "open-return", order, evidence=[picture], **typed)
    page = agent_client.get(answer.url).content.decode()
    for text in (f"{order.order_no}-C1", "等客户 · 客户寄回", "寄回的运费由您承担"):
        assert text in page
    kept = newest().evidence.get()
    assert b"Telefon" not in kept.path.read_bytes()
    shown = agent_client.get(reverse("case-evidence", args=[newest().number, kept.pk]))
    assert shown["Content-Type"] == "image/jpeg"


def test_a_refusal_cites_the_clause_and_gives_the_sentence(agent_client: Client) -> None:
    order = asking.received(received_at=timezone.now() - timedelta(days=30))
    line = order.lines.order_by("id").first()
    assert line is not None
    answer = do(agent_client, "open-return", order, reason="size", **{f"back-{line.pk}": "1"})
    assert answer.status_code == 409
    html = answer.content.decode()
    for text in ("过了期限", "SOP 1.4.b", "没办法为您办理", "资深客服"):
        assert text in html
    senior = {"reason": "size", f"back-{line.pk}": "1", "overruled": "老客户，第一次"}
    assert do(client("senior"), "open-return", order, **senior).status_code == 302
    assert newest().overruled == "老客户，第一次"


def test_through_dock_inspection_and_refund(agent_client: Client, order: Order, by: Actor) -> None:
    """Agent, warehouse and after-sales, each with the buttons of their role."""
    case, floor, inspector = opened(order, by), client("warehouse"), client("aftersales")
    act(agent_client, case, "note-waybill", waybill="yt8800112233", carrier="YTO")
    dock = reverse("arrivals")
    found = floor.post(dock, {"code": "YT8800112233", "token": token(floor, dock)})
    count = reverse("count-arrival", args=[case.number])
    assert found["Location"] == count
    sku = only_line(case).sku
    assert sku is not None
    floor.post(count, {"code": sku.code, "quantity": "1", "token": token(floor, count)})
    assert "1</b> / 1 件" in floor.get(count).content.decode()
    floor.post(count, {"code": "CMD:OK", "quantity": "1", "token": token(floor, count)})
    assert now_of(case).waits_for == "inspection"
    assert "验货" in inspector.get(case.get_absolute_url()).content.decode()
    line = only_line(case)
    marks = {f"good-{line.pk}": "", f"defect-{line.pk}": "1"}
    assert act(inspector, case, "inspect-goods", **marks).status_code == 302
    answer = act(agent_client, case, "refund-case")
    html = agent_client.get(answer.url).content.decode()
    assert Refund.objects.get().number in html
    assert "1–2 个工作日" in html


def token(who: Client, url: str) -> str:
    html = who.get(url).content.decode()
    return html.split('name="token" value="')[1].split('"')[0]


def test_an_unknown_parcel_is_said_and_a_wrong_sum_is_kept(order: Order, by: Actor) -> None:
    floor, dock = client("warehouse"), reverse("arrivals")
    answer = floor.post(dock, {"code": "YT404", "token": token(floor, dock)})
    assert answer.status_code == 409
    assert "没有在等的退货" in answer.content.decode()
    case = asking.arrived(opened(order, by), by, now=timezone.now())
    line = only_line(case)
    answer = act(client("aftersales"), case, "inspect-goods", **{f"bad-{line.pk}": "1"})
    assert answer.status_code == 422
    assert "几种加起来是 2 件" in answer.content.decode()


def test_the_dock_takes_back_what_it_scanned(order: Order, by: Actor) -> None:
    """The last scan by command, any piece by its line; what was never expected is gone again."""
    case, floor = opened(order, by), client("warehouse")
    sku, strange, count = only_line(case).sku, goods(), reverse("count-arrival", args=[case.number])
    assert sku is not None
    html = floor.get(count).content.decode()

    def scan(**typed: str) -> str:
        kept = dict(re.findall(r'name="(token|last)"(?: value="([^"]*)")?', html))
        return floor.post(count, kept | {"quantity": "1"} | typed).content.decode()

    for code in (sku.code, sku.code, strange.code):
        html = scan(code=code)
    assert f'value="1 {strange.code}" formnovalidate>撤销刚才的' in html
    html = scan(code="CMD:UNDO")
    assert (only_line(case).counted, strange.label in html) == (2, False)
    html = scan(code="UNDO")
    assert "没有可以撤销的一件" in html
    html = scan(out=f"1 {sku.code}")
    assert only_line(case).counted == 1
    html = scan(code="CMD:OK")
    assert only_line(case).reception == "arrived"


def test_the_slip_carries_a_barcode_that_the_dock_reads(
    agent_client: Client, order: Order, by: Actor
) -> None:
    case = opened(order, by)
    answer = agent_client.get(reverse("return-slip", args=[case.number]))
    assert answer["Content-Type"] == "application/pdf"
    page = pypdfium2.PdfDocument(answer.content)[0]
    codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert [code.text for code in codes] == [case.number]
    text = page.get_textpage().get_text_range()
    assert order.order_no in text


def test_the_orders_headline_is_its_open_case(
    agent_client: Client, order: Order, by: Actor
) -> None:
    """SOP 1.6.c: which kind, what it waits for, until when; and what to tell the customer."""
    case = opened(order, by)
    html = agent_client.get(order.get_absolute_url()).content.decode()
    top = html[html.index('aria-label="现在"') : html.index('aria-label="可以做的事"')]
    for part in ("退货（等客户：客户寄回）", case.number, "等到", "看售后单", "里面放一张纸条"):
        assert part in top, part
    assert "看售后单" not in client("purchasing").get(order.get_absolute_url()).content.decode()
    case = now_of(case)
    withdraw_case(case, "又要了", by=by, now=timezone.now())
    assert "看售后单" not in agent_client.get(order.get_absolute_url()).content.decode()


def test_lists_show_late_first_and_ask_a_fixed_number_of_queries(
    agent_client: Client, by: Actor, django_assert_max_num_queries: Any
) -> None:
    for days in (1, 2, 3):
        order = asking.received(received_at=timezone.now() - timedelta(days=3))
        asking.opened(order, by, back(order, "quality"), now=timezone.now() - timedelta(days=days))
    with django_assert_max_num_queries(9):
        html = agent_client.get(reverse("cases")).content.decode()
    numbers = [case.number for case in Case.objects.order_by("due_at")]
    assert sorted(numbers, key=html.index) == numbers
    assert numbers[0] not in agent_client.get("/cases?waits=arrival").content.decode()
    with django_assert_max_num_queries(22):
        agent_client.get(newest().get_absolute_url())
    other = client("agent")
    assert numbers[0] not in other.get(reverse("cases")).content.decode()
    assert numbers[0] in other.get("/cases?who=team").content.decode()


def test_what_waits_for_me_and_what_nobody_has(agent_client: Client, by: Actor) -> None:
    waits = asking.opened(asking.received(), by)
    open_question(asking.received(), CaseKind.ENQUIRY, "要发票", by=by, now=timezone.now())
    turn = newest()
    open_question(asking.received(), CaseKind.ENQUIRY, "要发票", by=by, now=timezone.now())
    free = newest()
    Case.objects.filter(pk=free.pk).update(owner=None, owner_name="")
    shown = {
        who: agent_client.get(f"/cases?who={who}").content.decode() for who in ("turn", "free")
    }
    assert [one.number in shown["turn"] for one in (waits, turn, free)] == [False, True, False]
    assert [one.number in shown["free"] for one in (waits, turn, free)] == [False, False, True]


def test_the_buyers_waybill_and_an_unowned_parcels_number_lead_to_the_case(
    agent_client: Client, by: Actor
) -> None:
    case = asking.opened(asking.received(), by)
    note_waybill(case, "YTO", "YT8962646785389", by=by, now=timezone.now())
    register_unowned(OnIt(said="没有面单"), by=by, now=timezone.now())
    for typed, found in (("yt8962646785389 ", case), (newest().number, newest())):
        answer = agent_client.get("/orders", {"q": typed}, follow=True)
        assert answer.redirect_chain[-1][0] == found.get_absolute_url(), typed


def test_a_change_meanwhile_is_shown_and_nothing_is_lost(
    agent_client: Client, order: Order, by: Actor
) -> None:
    case = opened(order, by)
    url = reverse("note-waybill", args=[case.number])
    typed = fields(agent_client.get(url).content.decode()) | {"waybill": "YT8800112233"}
    asking.on_its_way(case, by, now=timezone.now())
    answer = agent_client.post(url, typed)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "刚改过" in html
    assert "YT8800112233" in html


def test_an_exchange_is_previewed_to_the_cent_and_opened(
    agent_client: Client, order: Order
) -> None:
    """SOP 1.1.f, 1.4.c: 60 paid, 75 wanted, the parcel at the customer's cost."""
    line, new = order.lines.order_by("id").first(), goods("75.00")
    assert line is not None
    typed = {f"back-{line.pk}": "1", f"line{line.pk}-find": new.code, "reason": "size"}
    data = page_of(agent_client, "open-exchange", order)
    draft = send(agent_client, "open-exchange", order, data, preview="1", **typed).content.decode()
    for text in ("15.00", "12.00", "重新寄出的运费", "请先补拍"):
        assert text in draft
    assert do(agent_client, "open-exchange", order, **typed).status_code == 302
    assert newest().details["new"] == {str(line.pk): new.pk}


def test_what_is_sent_instead_is_chosen_from_what_there_is(
    agent_client: Client, order: Order
) -> None:
    """SOP 1.1.f: by style number with colour, size and stock; what nobody knows is said at once."""
    line, new = order.lines.order_by("id").first(), goods("75.00")
    assert line is not None
    larger = SkuFactory.create(style_no=new.style_no, size="XL", on_hand=3, price="76.00")
    find, data = f"line{line.pk}-find", page_of(agent_client, "open-exchange", order)
    typed = {f"back-{line.pk}": "1", "reason": "size"}
    for text, shown in (("NIX", "没找到"), (new.style_no, "76.00 元 · 有货 3")):
        wrong = typed | {find: text, f"line{line.pk}-sku": ""}
        draft = send(agent_client, "open-exchange", order, data, preview="1", **wrong)
        assert shown in draft.content.decode()
        assert do(agent_client, "open-exchange", order, **wrong).status_code == 422
    answer = do(agent_client, "open-exchange", order, **typed, **{find: ""})
    assert "写明换成什么" in answer.content.decode()
    typed |= {find: new.style_no, f"line{line.pk}-sku": str(larger.pk)}
    assert do(agent_client, "open-exchange", order, **typed).status_code == 302
    assert newest().details["new"] == {str(line.pk): larger.pk}


def test_only_of_what_comes_back_it_is_asked_what_is_sent_instead(agent_client: Client) -> None:
    """SOP 1.1.f: what was forgotten is said; the line that stays is left in peace."""
    order = asking.received(received_at=timezone.now() - timedelta(days=2))
    line, stays = order.lines.select_related("sku").order_by("id")
    assert stays.sku
    SkuFactory.create(style_no=stays.sku.style_no, size="XL")  # it could be chosen there, too
    typed = {f"back-{line.pk}": "1", f"line{line.pk}-find": goods("75.00").code}
    answer = do(agent_client, "open-exchange", order, **typed)  # without a reason
    assert (answer.status_code, answer.content.decode().count("请选颜色和尺码")) == (422, 0)
    assert do(agent_client, "open-exchange", order, **typed, reason="size").status_code == 302


def test_the_same_again_is_an_exchange_too(agent_client: Client, order: Order) -> None:
    """SOP 1.4.c: a defect piece for a good one of the same."""
    line = order.lines.order_by("id").first()
    assert line is not None
    typed = {f"back-{line.pk}": "1", "reason": "quality", f"line{line.pk}-sku": str(line.sku_id)}
    assert do(agent_client, "open-exchange", order, **typed).status_code == 302
    assert newest().details["new"] == {str(line.pk): line.sku_id}
