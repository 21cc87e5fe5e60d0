"""SOP 2.c: documents are printed, and every further time is counted and has its reason."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor, Repeated
from core.models import Act, Job, JobState
from core.verdict import Refused
from core.work import work_one
from staff.factories import UserFactory
from staff.models import Notice, User
from staff.services.badges import give_badge
from stock.factories import SkuFactory
from tests.printing.papers import codes, pages, text_of
from tests.printing.parcels import begun, edit, picked, queued, stop
from tests.warehouse.parcels import in_the_warehouse
from warehouse.codes import Kind, read
from warehouse.factories import boxes
from warehouse.models import HandOver, Parcel, Printed
from warehouse.printing.policy import PaperFacts, is_void, may_print, may_print_again
from warehouse.selectors.papers import parcels_of, rows_of, slip_is_void
from warehouse.services.hand_over import hand_over
from warehouse.services.papers import ask
from warehouse.services.papers.ask import Lacking, print_papers, print_pick_list
from warehouse.services.papers.forget import forget_old_prints
from warehouse.services.papers.job import file_of, folder_of
from warehouse.services.verify import take
from warehouse.words import Command, Paper, ParcelState, Step

pytestmark = pytest.mark.django_db
LABEL, SLIP, LIST = Paper.LABEL, Paper.SLIP, Paper.PICK_LIST


@pytest.fixture
def packer(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="王师傅")


@pytest.fixture
def client(packer: User) -> Client:
    client = Client()
    client.force_login(packer)
    return client


def printed(job: Job, part: int = 1) -> bytes:
    return file_of(job, part).read_bytes()


# What may be printed


def facts(**values: Any) -> PaperFacts:
    return PaperFacts(**{"state": ParcelState.PICKING, "waybill": "YT1234567890"} | values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": ParcelState.STOPPED}, "已截停"),
        ({"state": ParcelState.QUEUED}, "还没有开始配货"),
        ({"state": ParcelState.HANDED_OVER}, "已经交给快递"),
        ({"stop_asked": True}, "已请求拦截"),
        ({"pickup": True}, "自提"),
        ({"masked": True}, "平台遮盖"),
        ({"waybill": ""}, "先取号"),
        ({"waybill": "运单12345678"}, "条码印不出"),
    ],
)
def test_a_label_is_refused_and_why(values: dict[str, Any], words: str) -> None:
    verdict = may_print(LABEL, facts(**values))
    assert verdict.refused
    assert words in verdict.reason


def test_a_slip_needs_no_waybill_and_no_carrier() -> None:
    assert may_print(SLIP, facts(waybill="", pickup=True, masked=True)).allowed
    assert may_print(SLIP, facts(state=ParcelState.STOPPED)).refused


def test_a_second_time_needs_a_reason() -> None:
    assert may_print_again(0, "").allowed
    assert may_print_again(1, " ").refused
    assert may_print_again(1, "卡纸").allowed


# Printing


def test_the_label_has_personal_data_whole_and_the_right_waybill(packer: User) -> None:
    wave, parcels = begun(2)
    job = print_papers(LABEL, parcels, user=packer, now=timezone.now(), wave=wave)
    assert job.state == JobState.DONE
    for page, parcel in enumerate(parcels):
        assert codes(printed(job), page) == {parcel.waybill, parcel.number}
        text = text_of(printed(job), page)
        assert parcel.order.mobile in text
        assert "陈建生" in text


def test_the_slip_in_the_box_masks_the_name(packer: User) -> None:
    _, parcels = begun(1)
    text = text_of(printed(print_papers(SLIP, parcels, user=packer, now=timezone.now())))
    assert "陈*生" in text
    assert "陈建生" not in text
    assert parcels[0].order.mobile not in text


def test_the_pick_list_adds_up_the_goods_along_the_shelves(packer: User) -> None:
    """2.d: each product once, in the order of the walk, and into which slot of the cart it goes."""
    far, near = SkuFactory.create(shelf="B-10-1"), SkuFactory.create(shelf="B-9-1")
    wave, parcels = begun(3, lines=[(far, 2), (near, 1)])
    text = text_of(printed(print_pick_list(wave, user=packer, now=timezone.now())))
    assert wave.number in text
    assert all(f"{parcel.slot}格{parcel.number}" in text for parcel in parcels)
    assert "3单·2种·9件" in text
    assert text.index(near.code) < text.index(far.code)
    assert "1×22×23×2" in text


def test_orders_of_one_piece_are_taken_in_bulk_without_slots(packer: User) -> None:
    sku = SkuFactory.create()
    wave, parcels = begun(3, lines=[(sku, 1)])
    text = text_of(printed(print_pick_list(wave, user=packer, now=timezone.now())))
    assert "单品单件" in text
    assert not any(parcel.number in text for parcel in parcels)


def test_printing_the_pick_list_begins_the_wave(packer: User) -> None:
    """From then on its orders cannot simply be taken back."""
    wave = queued(2)
    label = reverse("print-wave", args=[wave.number, "label"])
    page = Client()
    page.force_login(packer)
    assert "还没有开始配货" in page.get(label).content.decode()
    print_pick_list(wave, user=packer, now=timezone.now())
    wave.refresh_from_db()
    assert (wave.state, wave.taken_by) == ("picking", packer)
    assert {p.order.state for p in parcels_of(wave)} == {"picking"}


def test_a_wave_of_which_nothing_is_left_has_no_list(packer: User) -> None:
    wave, parcels = begun(1)
    stop(parcels[0])
    with pytest.raises(Refused, match="没有要配的"):
        print_pick_list(wave, user=packer, now=timezone.now())


def test_a_rare_character_on_the_pick_list_is_marked_when_somebody_writes_it(
    client: Client,
) -> None:
    wave, _ = begun(1, lines=[(SkuFactory.create(name="㙦衫"), 1)])
    url = reverse("print-wave", args=[wave.number, "pick_list"])
    answer = client.post(url, {"token": uuid.uuid4()})
    assert answer.status_code == 409
    assert "㙦" in answer.content.decode()
    assert client.post(url, {"token": uuid.uuid4(), "by_hand": "1"}).status_code == 302
    job = Job.objects.get(kind="print_papers")
    assert "〓衫" in text_of(printed(job))


def test_it_is_counted_who_printed_what_when(packer: User) -> None:
    now = timezone.now()
    wave, parcels = begun(2)
    print_papers(LABEL, parcels, user=packer, now=now, wave=wave)
    print_pick_list(wave, user=packer, now=now)
    rows = list(Printed.objects.order_by("id").values_list("paper", "nth", "by", "at", "reason"))
    assert rows == [
        ("label", 1, packer.pk, now, ""),
        ("label", 1, packer.pk, now, ""),
        ("pick_list", 1, packer.pk, now, ""),
    ]
    line = Act.objects.get(order_no=parcels[0].order.order_no, verb="print_papers")
    assert line.summary == f"打印面单 {parcels[0].number}"
    assert line.actor_name == "王师傅"


def test_printing_again_without_a_reason_is_refused_and_nothing_counted(packer: User) -> None:
    _, parcels = begun(1)
    print_papers(LABEL, parcels, user=packer, now=timezone.now())
    with pytest.raises(Refused, match="已经打过 1 次"):
        print_papers(LABEL, parcels, user=packer, now=timezone.now())
    assert Printed.objects.count() == 1


def test_printing_again_is_counted_said_on_paper_and_shown(packer: User) -> None:
    _, parcels = begun(1)
    print_papers(LABEL, parcels, user=packer, now=timezone.now())
    job = print_papers(LABEL, parcels, user=packer, now=timezone.now(), reason="卡纸")
    assert "第2次打印" in text_of(printed(job))
    rows = Printed.objects.filter(parcel=parcels[0]).order_by("nth")
    assert [(row.nth, row.reason) for row in rows] == [(1, ""), (2, "卡纸")]
    line = Act.objects.filter(order_no=parcels[0].order.order_no).latest("at")
    assert (line.summary, line.reason) == (f"打印面单 {parcels[0].number}（第 2 次）", "卡纸")


def test_the_same_form_twice_prints_once(packer: User) -> None:
    _, parcels = begun(1)
    token = uuid.uuid4()
    print_papers(LABEL, parcels, user=packer, now=timezone.now(), token=token)
    with pytest.raises(Repeated):
        print_papers(LABEL, parcels, user=packer, now=timezone.now(), token=token, reason="卡纸")
    assert Printed.objects.count() == 1


def test_what_was_stopped_meanwhile_is_not_printed(packer: User) -> None:
    wave, parcels = begun(2)
    seen = parcels_of(wave)
    stop(parcels[0])
    with pytest.raises(Refused, match="已截停"):
        print_papers(LABEL, seen, user=packer, now=timezone.now())
    assert not Printed.objects.exists()


# Void papers


def test_papers_of_a_stopped_parcel_are_void(packer: User) -> None:
    _, (parcel,) = begun(1)
    print_papers(SLIP, [parcel], user=packer, now=timezone.now())
    assert not slip_is_void(parcel, parcel.order)
    stop(parcel)
    parcel.refresh_from_db()
    assert slip_is_void(parcel, parcel.order)


def test_a_paper_printed_before_an_edit_is_void_until_it_is_printed_again(packer: User) -> None:
    """1.1.d: papers printed before are void."""
    wave, (parcel,) = begun(1)
    print_papers(SLIP, [parcel], user=packer, now=timezone.now() - timedelta(minutes=5))
    edit(parcel.order, street="新洲路1号")
    parcel.order.refresh_from_db()
    assert slip_is_void(parcel, parcel.order)
    assert rows_of(SLIP, parcels_of(wave))[0].void
    with pytest.raises(Refused, match="底单作废了"):
        take(picked(parcel), Step.VERIFY, by=Actor.person(packer), now=timezone.now())
    print_papers(SLIP, [parcel], user=packer, now=timezone.now(), reason="地址改过")
    assert not slip_is_void(parcel, parcel.order)
    take(parcel, Step.VERIFY, by=Actor.person(packer), now=timezone.now())


def test_never_printed_is_not_void() -> None:
    _, (parcel,) = begun(1)
    assert not slip_is_void(parcel, parcel.order)
    now = timezone.now()
    assert is_void(now, None, now + timedelta(seconds=1))
    assert not is_void(now, None, now - timedelta(seconds=1))


# A character that the font lacks


def test_a_rare_name_is_reported_before_anything_is_printed(packer: User) -> None:
    wave, parcels = begun(2)
    edit(parcels[0].order, consignee="陈㙦")
    with pytest.raises(Lacking) as lacking:
        print_papers(LABEL, parcels_of(wave), user=packer, now=timezone.now())
    (found,) = lacking.value.found
    assert (found.number, found.lacks[0].chars) == (parcels[0].number, "㙦")
    assert not Printed.objects.exists()
    assert not Job.objects.filter(kind="print_papers").exists()


def test_the_page_names_the_order_and_the_ways_on(client: Client) -> None:
    wave, parcels = begun(2)
    edit(parcels[0].order, consignee="陈㙦")
    url = reverse("print-wave", args=[wave.number, "label"])
    answer = client.post(url, {"token": uuid.uuid4()})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert parcels[0].order.order_no in page
    assert "㙦" in page
    assert "U+3666" in page
    assert "陈㙦" not in page
    for way in ("印成〓", "先打其余 1 张", "修改收货信息", "GENDAN_FONT"):
        assert way in page


def test_the_others_are_printed_first_and_the_rare_one_with_a_mark(client: Client) -> None:
    wave, parcels = begun(2)
    edit(parcels[0].order, consignee="陈㙦")
    url = reverse("print-wave", args=[wave.number, "label"])
    others = {"token": uuid.uuid4(), "others": "1", "without": parcels[0].number}
    assert client.post(url, others).status_code == 302
    assert [row.parcel_id for row in Printed.objects.all()] == [parcels[1].pk]
    by_hand = {"token": uuid.uuid4(), "by_hand": "1", "which": "new"}
    assert client.post(url, by_hand).status_code == 302
    job = Job.objects.filter(kind="print_papers").latest("created_at")
    assert "陈〓" in text_of(printed(job))


# The screen


def test_from_the_wave_to_the_pdf(client: Client) -> None:
    wave, _ = begun(2)
    url = reverse("print-wave", args=[wave.number, "label"])
    assert "2 个可以打" in client.get(url).content.decode()
    answer = client.post(url, {"token": uuid.uuid4()}, follow=True)
    assert "打开 PDF" in answer.content.decode()
    job = Job.objects.get(kind="print_papers")
    pdf = client.get(reverse("print-file", args=[job.pk, 1]))
    assert pdf["Content-Type"] == "application/pdf"
    assert "no-store" in pdf["Cache-Control"]
    assert b"".join(pdf)[:5] == b"%PDF-"


def test_the_page_prints_what_is_new_unless_all_is_asked_for(client: Client) -> None:
    wave, parcels = begun(2)
    single = reverse("print-parcel", args=[parcels[0].number, "label"])
    client.post(single, {"token": uuid.uuid4()})
    url = reverse("print-wave", args=[wave.number, "label"])
    assert "其中 1 个打过" in client.get(url).content.decode()
    client.post(url, {"token": uuid.uuid4(), "which": "new"})
    assert [row.nth for row in Printed.objects.all()] == [1, 1]
    refused = client.post(url, {"token": uuid.uuid4(), "which": "all"})
    assert refused.status_code == 409
    assert "再打要写原因" in refused.content.decode()
    client.post(url, {"token": uuid.uuid4(), "which": "all", "reason": "标签掉了"})
    assert sorted(row.nth for row in Printed.objects.all()) == [1, 1, 2, 2]


@pytest.mark.parametrize("paper", ["label", "slip", "pick_list"])
def test_a_wave_asks_a_fixed_number_of_times(client: Client, paper: str) -> None:
    few, _ = begun(2)
    many, _ = begun(9)
    asked = []
    for wave in (few, many):
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("print-wave", args=[wave.number, paper]))
        asked.append(len(found))
    assert asked[0] == asked[1] <= 14


def test_the_html_view_has_the_same_words_and_scripts_are_text(client: Client) -> None:
    wave, parcels = begun(1, consignee="<img src=x onerror=alert(1)>")
    for paper, name in (("label", "P"), ("slip", "P"), ("pick_list", "W")):
        url = reverse("print-wave", args=[wave.number, paper])
        client.post(url, {"token": uuid.uuid4()})
        job = Job.objects.filter(kind="print_papers").latest("created_at")
        answer = client.get(reverse("print-sheets", args=[job.pk, 1]))
        page = answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert '<svg class="bars"' in page
        assert f"条码 {name}" in page
        assert "<img src=x" not in page
    assert parcels[0].order.mobile not in page  # the pick list has nobody's


def test_somebody_elses_labels_are_not_there(client: Client) -> None:
    wave, _ = begun(1)
    client.post(reverse("print-wave", args=[wave.number, "label"]), {"token": uuid.uuid4()})
    job = Job.objects.get(kind="print_papers")
    other = Client()
    other.force_login(UserFactory.create(role="warehouse"))
    owner = Client()
    owner.force_login(UserFactory.create(role="owner"))
    for name in ("print-file", "print-sheets"):
        url = reverse(name, args=[job.pk, 1])
        assert other.get(url).status_code == 404
        assert owner.get(url).status_code == 200


def test_another_shops_parcels_are_not_printed(db: None) -> None:
    wave, parcels = begun(1)
    limited = Client()
    limited.force_login(UserFactory.create(role="warehouse", shop_codes=["jd1"]))
    url = reverse("print-parcel", args=[parcels[0].number, "label"])
    assert limited.get(url).status_code == 404
    page = limited.get(reverse("print-wave", args=[wave.number, "label"])).content.decode()
    assert parcels[0].number not in page


def test_without_a_font_the_screens_say_what_to_install(
    client: Client, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("warehouse.printing.fonts.PLACES", ())
    wave, _ = begun(1)
    for url in (reverse("prints"), reverse("print-wave", args=[wave.number, "label"])):
        answer = client.get(url)
        assert answer.status_code == 200
        assert "fonts-wqy-microhei" in answer.content.decode()
    answer = client.post(
        reverse("print-wave", args=[wave.number, "label"]), {"token": uuid.uuid4()}
    )
    assert answer.status_code == 409
    assert not Printed.objects.exists()


def test_the_command_sheet_has_every_command_and_box(client: Client, settings: Any) -> None:
    boxes()
    answer = client.get(reverse("command-sheet"))
    wanted = {f"CMD:{command.value}" for command in Command} | {"BOX-1", "BOX-2"}
    assert codes(answer.content) == wanted
    settings.FONT = "/nowhere/font.ttf"
    page = client.get(reverse("command-sheet"), follow=True).content.decode()
    assert "字体读不到" in page


def test_the_start_says_that_there_is_no_font(monkeypatch: Any) -> None:
    from warehouse.checks import font_is_there

    assert font_is_there() == []
    monkeypatch.setattr("warehouse.printing.fonts.PLACES", ())
    (warning,) = font_is_there()
    assert "没有可以打印中文的字体" in warning.msg
    assert "no font" in warning.msg


# Many


def test_many_are_drawn_by_the_worker_roll_by_roll(packer: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(ask, "AT_ONCE", 2)
    monkeypatch.setattr("warehouse.services.papers.job.ROLL", 2)
    monkeypatch.setattr("core.work.hint", lambda: None)
    wave, parcels = begun(5)
    job = print_papers(LABEL, parcels, user=packer, now=timezone.now(), wave=wave)
    assert job.state == JobState.PENDING
    while work_one(timezone.now()):
        pass
    job.refresh_from_db()
    assert (job.state, job.done, job.cursor) == (JobState.DONE, 5, {"parts": 3})
    assert [pages(printed(job, part)) for part in (1, 2, 3)] == [2, 2, 1]
    assert codes(printed(job, 3)) == {parcels[4].waybill, parcels[4].number}
    assert "可以打印了" in Notice.objects.latest("pk").text


def test_what_is_stopped_before_the_worker_comes_is_left_out_and_said(
    packer: User, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(ask, "AT_ONCE", 1)
    monkeypatch.setattr("warehouse.services.papers.ask.hint", lambda: None)
    _, parcels = begun(3)
    job = print_papers(LABEL, parcels, user=packer, now=timezone.now())
    stop(parcels[1])
    while work_one(timezone.now()):
        pass
    assert pages(printed(job)) == 2
    page = client.get(reverse("print-job", args=[job.pk])).content.decode()
    assert "其中 1 个包裹刚被截停" in page


def test_labels_are_deleted_after_a_day_and_the_count_stays(packer: User) -> None:
    _, parcels = begun(1)
    job = print_papers(LABEL, parcels, user=packer, now=timezone.now())
    assert forget_old_prints(timezone.now() + timedelta(hours=23)) == 0
    assert file_of(job, 1).exists()
    assert forget_old_prints(timezone.now() + timedelta(hours=25)) == 1
    assert not folder_of(job).exists()
    assert not Job.objects.filter(pk=job.pk).exists()
    assert Printed.objects.count() == 1


# Hand-over lists, badges, and the ways to print


def handed(packer: User) -> tuple[HandOver, Parcel]:
    """A list that a courier signed, with one parcel."""
    _, parcel = in_the_warehouse(ParcelState.SHIPPED, carrier="YTO", waybill="YT8962646785389")
    made = hand_over(
        packer,
        "YTO",
        "张快递",
        timezone.now(),
        by=Actor.person(packer),
        now=timezone.now(),
    )
    return made, parcel


def test_what_a_carrier_is_about_to_take_is_printed_to_be_signed(client: Client) -> None:
    _, parcel = in_the_warehouse(ParcelState.SHIPPED, carrier="YTO", waybill="YT8962646785389")
    page = client.get(f"{reverse('hand-over-carrier')}?carrier=YTO").content.decode()
    url = f"{reverse('print-waiting')}?carrier=YTO"
    assert url in page
    text = text_of(client.get(url).content)
    for part in (
        "圆通速递",
        parcel.number,
        "YT8962646785389",
        "广东省深圳市",
        "共1件",
        "快递员签字",
    ):
        assert part in text
    assert "陈建生" not in text


def test_a_signed_list_is_counted_like_other_papers(client: Client, packer: User) -> None:
    made, parcel = handed(packer)
    assert "打印" in client.get(reverse("hand-over-list", args=[made.number])).content.decode()
    url = reverse("print-hand-over", args=[made.number])
    client.post(url, {"token": uuid.uuid4()})
    job = Job.objects.get(kind="print_papers")
    assert codes(printed(job)) == {made.number}
    assert parcel.number in text_of(printed(job))
    html = client.get(reverse("print-sheets", args=[job.pk, 1])).content.decode()
    assert parcel.number in html
    refused = client.post(url, {"token": uuid.uuid4(), "which": "all"})
    assert "再打要写原因" in refused.content.decode()
    client.post(url, {"token": uuid.uuid4(), "which": "all", "reason": "快递要两份"})
    rows = Printed.objects.filter(about=made.number).order_by("nth").values_list("nth", "reason")
    assert list(rows) == [(1, ""), (2, "快递要两份")]


def test_badges_have_what_the_station_reads_and_no_pin(packer: User) -> None:
    give_badge(packer, "WANG-01", "4711")
    owner = Client()
    owner.force_login(UserFactory.create(role="owner"))
    data = owner.get(reverse("badge-sheet")).content
    assert codes(data) == {"U:WANG-01"}
    assert "王师傅" in text_of(data)
    assert "4711" not in text_of(data)
    assert read("U:WANG-01").kind is Kind.BADGE


def test_from_the_waves_page_one_prints(client: Client) -> None:
    wave = queued(2)
    page = client.get(reverse("wave", args=[wave.number])).content.decode()
    for paper in ("pick_list", "slip", "label"):
        assert reverse("print-wave", args=[wave.number, paper]) in page
