"""Purchases and production orders on their way to the shelf (SOP 5.d)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.acts import Conflict, Repeated
from core.models import Act
from core.selectors import acts_on
from core.verdict import Refused
from staff.factories import UserFactory
from stock.models import Arrival, Movement, StockLevel, Supply
from stock.selectors.supply import late, on_order, supply_page, to_come
from stock.services import supply as acts
from stock.words import SupplyState
from tests.stock.supplies import DAY, NOW, common, draft, ordered, scheduled

pytestmark = pytest.mark.django_db
S = SupplyState


def fresh(supply: Supply) -> Supply:
    return Supply.objects.get(pk=supply.pk)


def test_goods_arrive_in_parts_and_the_last_good_piece_ends_it() -> None:
    supply = ordered(10)
    acts.receive_supply(supply, 6, 0, "", **common())
    assert fresh(supply).state == S.ORDERED
    assert fresh(supply).missing == 4
    acts.receive_supply(supply, 4, 1, "一件脱线", **common())
    row, level = fresh(supply), StockLevel.objects.get(sku=supply.sku)
    assert (row.state, row.good, row.defect) == (S.ARRIVED, 10, 1)
    assert (level.on_hand, level.defect) == (10, 1)
    assert level.freed_at is not None  # who waits for it is looked after next
    assert Arrival.objects.filter(supply=supply).count() == 2


def test_the_ledger_says_by_which_paper_goods_came() -> None:
    made, bought = scheduled(3), ordered(3)
    acts.check_sample(made, True, "", **common())
    acts.assemble_supply(made, "", **common())
    acts.receive_supply(made, 3, 0, "", **common())
    acts.receive_supply(bought, 3, 0, "", **common())
    rows = Movement.objects.filter(ref__in=[made.number, bought.number])
    assert {(m.ref, m.why) for m in rows} == {
        (made.number, "made"),
        (bought.number, "received"),
    }


def test_more_than_ordered_goes_in_only_when_somebody_says_so() -> None:
    supply = ordered(5)
    with pytest.raises(Refused) as refused:
        acts.receive_supply(supply, 6, 0, "", **common())
    assert "多出 1 件" in refused.value.verdict.reason
    assert StockLevel.objects.get(sku=supply.sku).on_hand == 0
    acts.receive_supply(supply, 6, 0, "", over=True, **common())
    assert StockLevel.objects.get(sku=supply.sku).on_hand == 6
    assert fresh(supply).state == S.ARRIVED


def test_defect_pieces_are_still_owed() -> None:
    supply = ordered(5)
    acts.receive_supply(supply, 3, 2, "染色不匀", **common())
    assert fresh(supply).missing == 2
    acts.cancel_supply(supply, "厂家不补了", **common())
    assert fresh(supply).state == S.ARRIVED  # what came stays
    assert fresh(supply).ended_why == "厂家不补了"


def test_what_never_came_is_cancelled() -> None:
    supply = ordered(5)
    acts.cancel_supply(supply, "停产", **common())
    assert fresh(supply).state == S.CANCELLED
    with pytest.raises(Refused):
        acts.receive_supply(supply, 5, 0, "", **common())


def test_a_sample_that_is_not_right_keeps_the_step() -> None:
    supply = scheduled()
    acts.check_sample(supply, False, "袖口歪", **common(NOW + timedelta(hours=1)))
    assert fresh(supply).state == S.SCHEDULED
    assert acts_on(supply)[0].reason == "袖口歪"
    acts.check_sample(supply, True, "", **common())
    assert fresh(supply).state == S.SAMPLED


def test_every_date_it_ever_had_stands_in_the_timeline() -> None:
    supply = ordered()
    later = DAY + timedelta(days=3)
    acts.move_expected(supply, later, "面料晚到", **common(NOW + timedelta(hours=1)))
    moved = acts_on(supply)[0]
    assert moved.changes == [["预计到货", "2026-12-08", "2026-12-11"]]
    assert moved.reason == "面料晚到"
    assert list(fresh(supply).history.values_list("expected_on", flat=True))[:2] == [later, DAY]
    with pytest.raises(Refused, match="没有变"):
        acts.move_expected(supply, later, "", **common())


def test_a_draft_changes_its_quantity_and_an_order_does_not() -> None:
    supply = draft(10)
    acts.change_supply(supply, 12, **common())
    assert fresh(supply).quantity == 12
    acts.order_supply(supply, "厂", DAY, **common())
    with pytest.raises(Refused):
        acts.change_supply(supply, 14, **common())


def test_a_form_sent_twice_receives_once() -> None:
    supply, token = ordered(10), uuid.uuid4()
    acts.receive_supply(supply, 4, 0, "", **common(token=token))
    with pytest.raises(Repeated):
        acts.receive_supply(supply, 4, 0, "", **common(token=token))
    assert fresh(supply).good == 4


def test_two_who_change_it_at_once_do_not_overwrite_each_other() -> None:
    supply = draft(10)
    seen = supply.version
    acts.change_supply(supply, 12, **common(seen=seen))
    with pytest.raises(Conflict):
        acts.change_supply(supply, 14, **common(seen=seen))


def test_an_ordered_one_without_a_day_cannot_exist() -> None:
    supply = ordered()
    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.filter(pk=supply.pk).update(expected_on=None)


def test_lists_show_what_they_say() -> None:
    due, past = ordered(on=DAY), ordered(on=DAY - timedelta(days=3))
    plan, done = draft(), ordered(1)
    acts.receive_supply(done, 1, 0, "", **common())
    shown = {
        which: {r.pk for r in supply_page(which, "", DAY).rows}
        for which in ("late", "coming", "drafts", "all")
    }
    assert shown["late"] == {past.pk}
    assert shown["coming"] == {due.pk, past.pk}
    assert shown["drafts"] == {plan.pk}
    assert shown["all"] == {due.pk, past.pk, plan.pk, done.pk}
    assert list(late(DAY)) == [past]


def test_what_is_still_to_come_of_a_sku() -> None:
    supply = ordered(10)
    acts.receive_supply(supply, 4, 0, "", **common())
    acts.draft_supply(supply.sku, 5, **common())
    assert on_order([supply.sku_id]) == {supply.sku_id: 11}  # drafts count, or they came twice
    assert to_come([supply.sku_id]) == {supply.sku_id: [(DAY, 6)]}


class ReceiptsConserve(TestCase):
    """Over any sequence of arrivals the shelf has what the arrivals say."""

    @settings(deadline=None, max_examples=25)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=6))
    def test_nothing_is_lost_between_arrivals_ledger_and_level(
        self, parts: list[tuple[int, int]]
    ) -> None:
        supply = ordered(12)
        for good, defect in parts:
            try:
                acts.receive_supply(supply, good, defect, "", over=True, **common())
            except Refused:
                assert fresh(supply).state == S.ARRIVED
        row, level = fresh(supply), StockLevel.objects.get(sku=supply.sku)
        came = list(Arrival.objects.filter(supply=supply))
        assert sum(a.good for a in came) == row.good == level.on_hand
        assert sum(a.defect for a in came) == row.defect == level.defect
        assert (row.state == S.ARRIVED) == (row.good >= row.quantity)


# -- the screens ------------------------------------------------------------------------------


@pytest.fixture
def buyer() -> Client:
    client = Client()
    client.force_login(UserFactory.create(role="purchasing", full_name="周采购"))
    return client


def test_a_purchase_from_draft_to_shelf_by_its_pages(buyer: Client) -> None:
    sku = draft().sku
    made = buyer.post("/supplies/new", {"code": sku.code, "quantity": 8, "token": uuid.uuid4()})
    address = made["Location"]
    supply = Supply.objects.latest("id")

    def post(step: str, **values: object) -> int:
        seen = fresh(supply).version
        return buyer.post(
            f"{address}/{step}", {"seen": seen, "token": uuid.uuid4(), **values}
        ).status_code

    assert post("order", supplier="绍兴布厂", expected_on="2099-01-05") == 302
    assert post("expected", expected_on="2099-01-09", why="排不上") == 302
    assert post("receive", good=9, defect=0) == 409
    assert post("receive", good=3, defect=1, note="破洞") == 302
    assert post("receive", good=5, defect=0) == 302
    page = buyer.get(address).content.decode()
    assert "已到齐" in page
    assert "2099-01-05" in page  # the first date, in the timeline
    assert Act.objects.filter(subject_kind="supply", subject_id=supply.pk).count() == 6


def test_what_is_typed_wrong_is_said_and_kept(buyer: Client) -> None:
    supply = ordered()
    answer = buyer.post(
        f"/supplies/{supply.pk}/receive",
        {"seen": supply.version, "token": uuid.uuid4(), "good": 0, "defect": 2, "note": ""},
    )
    assert answer.status_code == 422
    assert "写一下是什么问题" in answer.content.decode()


def test_a_step_out_of_order_is_refused_on_its_page(buyer: Client) -> None:
    supply = draft(made=True)
    page = buyer.get(f"/supplies/{supply.pk}/assemble")
    assert "还没有确认物料" in page.content.decode()
    answer = buyer.post(
        f"/supplies/{supply.pk}/assemble",
        {"seen": supply.version, "token": uuid.uuid4()},
    )
    assert answer.status_code == 409


def test_who_is_second_sees_who_was_first(buyer: Client) -> None:
    supply = draft()
    acts.change_supply(supply, 12, **common(NOW + timedelta(hours=1)))
    answer = buyer.post(
        f"/supplies/{supply.pk}/quantity",
        {"seen": supply.version, "token": uuid.uuid4(), "quantity": 20},
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "数量改成 12 件" in text
    assert 'value="20"' in text


def test_the_list_and_the_page_ask_a_fixed_number_of_times(
    buyer: Client, django_assert_num_queries: object
) -> None:
    for _ in range(4):
        ordered()
    supply = ordered()
    buyer.get("/supplies")
    with django_assert_num_queries(3):  # type: ignore[operator]
        buyer.get("/supplies?what=coming")
    with django_assert_num_queries(5):  # type: ignore[operator]
        buyer.get(f"/supplies/{supply.pk}")
