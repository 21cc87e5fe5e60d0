"""2.b The rules of the review, one by one: what each finds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.policy import CALL, HoldFact, OrderFacts, Receiving
from orders.review import (
    PASSERS,
    RULES,
    HitFact,
    ReviewFacts,
    address_key,
    find,
    may_pass,
    same_place,
)
from orders.words import Delivery, HoldKind, ReviewCode, Terms

C = ReviewCode
D = Decimal
TO = Receiving("陈建生", "13800013800", "", "广东省", "深圳市", "福田区", "农园路66号")
CLEAN = ReviewFacts(OrderFacts(due=D("80.00"), paid=D("80.00")), TO)


def codes(facts: ReviewFacts) -> list[str]:
    return [found.code.value for found in find(facts)]


def only(facts: ReviewFacts) -> str:
    """The reason of the one hit."""
    found = find(facts)
    assert len(found) == 1, found
    return found[0].reason


def order(**values: Any) -> ReviewFacts:
    return replace(CLEAN, order=replace(CLEAN.order, **values))


def to(**values: str) -> ReviewFacts:
    return replace(CLEAN, receiving=replace(TO, **values))


def hold(kind: HoldKind, cause: str = "", reason: str = "原因") -> ReviewFacts:
    return order(holds=(HoldFact(kind, cause, reason),))


def test_a_clean_order_has_no_hit() -> None:
    assert find(CLEAN) == []


# Money


def test_the_amount_paid_is_the_amount_due() -> None:
    assert only(order(paid=D("79.99"))) == "应付 80.00 元，少付 0.01 元。"
    assert only(order(paid=D("80.01"))) == "应付 80.00 元，多付 0.01 元，要退给买家。"


def test_what_the_platform_pays_for_its_discount_counts_as_paid() -> None:
    assert find(order(paid=D("70.00"), paid_by_platform=D("10.00"))) == []
    assert find(order(paid=D("70.00"), topped_up=D("10.00"))) == []


@pytest.mark.parametrize("terms", [Terms.COD, Terms.ACCOUNT])
def test_what_is_paid_later_is_reviewed_without_a_payment(terms: Terms) -> None:
    """SOP 5.g."""
    assert find(order(terms=terms, paid=D(0))) == []


@given(*[st.decimals(0, 500, places=2) for _ in range(4)])
def test_too_little_and_too_much_are_told_to_the_cent(
    due: Decimal, paid: Decimal, theirs: Decimal, more: Decimal
) -> None:
    found = find(order(due=due, paid=paid, paid_by_platform=theirs, topped_up=more))
    rest = due - paid - theirs - more
    assert bool(found) == (rest != 0)
    for hit in found:
        assert hit.code is C.MONEY
        assert str(abs(rest)) in hit.reason
        assert hit.fixed == (rest > 0), "what is missing cannot be passed"


def test_a_top_up_that_is_waited_for_is_told_once() -> None:
    waiting = order(paid=D("60.00"), holds=(HoldFact(HoldKind.TOP_UP, "", "还差 20 元"),))
    assert codes(waiting) == ["top_up"]


def test_above_the_shops_limit_two_people_look_at_it() -> None:
    assert codes(replace(CLEAN, limit=D("79.99"))) == ["amount", "finance"]
    assert codes(replace(CLEAN, limit=D("80.00"))) == []


# Where it goes


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"province": "", "city": "", "district": ""}, "省份没有填"),
        ({"province": "", "city": "", "district": "朝阳区"}, "“朝阳区”在北京市、长春市"),
        ({"city": "", "district": ""}, "城市没有填"),
        ({"city": "长春市"}, "长春市"),
        ({"province": "吉林省", "city": "北京市", "district": "朝阳区"}, "北京"),
        ({"street": ""}, "没有详细地址"),
        ({"street": "同上"}, "详细地址太短"),
        ({"street": "66"}, "详细地址太短"),
        ({"consignee": ""}, "没有收货人姓名"),
    ],
)
def test_an_address_is_whole_and_its_parts_belong_together(
    values: dict[str, str], why: str
) -> None:
    facts = to(**values)
    assert codes(facts) == ["address"]
    assert why in only(facts)


@pytest.mark.parametrize("city", ["北京市", "长春市"])
def test_the_two_chaoyang_districts_are_each_at_home(city: str) -> None:
    province = "北京市" if city == "北京市" else "吉林省"
    assert find(to(province=province, city=city, district="朝阳区")) == []


@pytest.mark.parametrize("mobile", ["", "1380001380", "12345678901"])
def test_a_telephone_can_be_dialled(mobile: str) -> None:
    assert codes(to(mobile=mobile)) == ["phone"]
    assert find(replace(to(mobile=mobile), receiving=replace(TO, telephone="0755-83901234"))) == []


def test_who_fetches_the_goods_needs_no_address() -> None:
    """SOP 5.e."""
    assert find(replace(to(street="", city=""), delivery=Delivery.PICKUP)) == []


def test_what_an_import_doubted_is_told_with_its_words() -> None:
    held = replace(hold(HoldKind.REVIEW, "address", "朝阳区在北京和长春都有，请核对。"))
    assert codes(held) == ["address"]
    assert "朝阳区在北京和长春都有" in only(held)


def test_a_telephone_that_an_import_doubted_is_one_hit_not_two() -> None:
    held = hold(HoldKind.REVIEW, "address", "电话打不通的样子，请核对。")
    facts = replace(held, receiving=replace(TO, mobile="1380001380"))
    assert codes(facts) == ["phone"]


def test_masked_data_is_a_hit_only_without_the_platforms_labels() -> None:
    masked = replace(to(consignee="陈**", mobile="138****3800", street="***"), masked=True)
    assert find(masked) == []
    assert codes(replace(masked, platform_labels=False)) == ["masked"]


def test_a_remote_area_says_what_the_owner_wrote() -> None:
    assert only(replace(CLEAN, remote="西藏：多 4 天。")) == "西藏：多 4 天。"


def test_the_block_list_comes_first() -> None:
    facts = replace(CLEAN, blocked=("电话在黑名单：三次拒收。",), message="快点")
    assert codes(facts) == ["blocked", "message"]


@pytest.mark.parametrize(
    ("written", "named", "same"),
    [
        ("新疆维吾尔自治区", "新疆", True),
        ("新疆", "新疆维吾尔自治区", True),
        ("阿拉善盟", "", True),
        ("", "阿拉善盟", False),
        ("西安市", "阿拉善盟", False),
    ],
)
def test_places_are_compared_as_they_are_written(written: str, named: str, same: bool) -> None:
    assert same_place(written, named) is same


def test_an_address_is_compared_without_blanks() -> None:
    assert address_key("广东省", "深圳市", "农园路 66号，3栋") == "广东省深圳市农园路66号3栋"


# What was said, goods, and what else goes on


def test_a_message_and_a_memo_are_read_by_a_person() -> None:
    assert only(replace(CLEAN, message="周五再发")) == "买家留言：周五再发"
    assert codes(replace(CLEAN, memo="送礼盒")) == ["memo"]
    assert codes(replace(CLEAN, flag="red")) == ["memo"]
    assert codes(replace(CLEAN, notes=1)) == ["memo"]
    assert find(replace(CLEAN, message="  ", memo="\n")) == []


def test_a_telephone_in_a_message_is_masked_in_the_reason() -> None:
    assert "13800013800" not in only(replace(CLEAN, message="打这个 13800013800"))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (HoldKind.STOCK_OUT, "stock"),
        (HoldKind.REFUND, "after_sale"),
        (HoldKind.REVIEW, "held"),
        (HoldKind.TOP_UP, "top_up"),
    ],
)
def test_a_hold_that_a_reviewer_should_know_of_is_a_hit_that_ends_with_it(
    kind: HoldKind, code: str
) -> None:
    facts = hold(kind)
    assert codes(facts) == [code]
    assert find(facts)[0].fixed


def test_the_customers_own_waits_and_the_call_list_are_no_doubts() -> None:
    for facts in (hold(HoldKind.CUSTOMER), hold(HoldKind.GOODS), hold(HoldKind.REVIEW, CALL)):
        assert find(facts) == []


def test_what_a_refund_of_ours_holds_stands_among_the_refunds_alone() -> None:
    facts = hold(HoldKind.REFUND, "G2611230001-R1")
    assert find(replace(facts, after_sale_open=True)) == []


def test_an_after_sale_on_the_platform_without_a_hold() -> None:
    facts = replace(order(after_sale="退款中"), after_sale_open=True)
    assert only(facts) == "平台售后：退款中"


def test_what_could_go_in_one_parcel_is_named() -> None:
    reason = only(replace(CLEAN, siblings=("G1", "G2", "G3", "G4")))
    assert "G1、G2、G3 等 4 单" in reason


def test_goods_that_are_not_clear_are_confirmed_first() -> None:
    assert codes(order(lines_unclear=True)) == ["unclear"]


def test_goods_that_name_no_product_of_ours_are_looked_at() -> None:
    """SOP 5.b: nobody could pick them; before the lines are confirmed that alone is said."""
    assert only(replace(CLEAN, unknown=("竹篮", "竹席"))) == (
        "竹篮、竹席没有对应的商品，仓库拣不了货。"
    )
    assert codes(replace(order(lines_unclear=True), unknown=("竹篮",))) == ["unclear"]


def test_what_the_platform_gave_back_before_it_was_sent_is_looked_at() -> None:
    assert "已经退了 30.00 元" in only(order(refunded_before=D("30.00")))
    ours = order(refunded_before=D("30.00"), refund_reserved=D("30.00"))
    assert codes(ours) == []


# A pass is for what was found


def test_another_message_is_another_hit() -> None:
    first, second = (find(replace(CLEAN, message=text))[0] for text in ("快点", "不要了"))
    assert first.about != second.about
    assert first == find(replace(CLEAN, message="快点"))[0]


def test_every_rule_finds_its_own_code_and_every_code_has_a_rule() -> None:
    found = {
        *codes(
            replace(
                CLEAN,
                limit=D(1),
                unknown=("A",),
                message="a",
                memo="b",
                siblings=("G1",),
                remote="c",
            )
        ),
        *codes(replace(to(mobile="1", street=""), blocked=("d",))),
        *codes(replace(CLEAN, masked=True, platform_labels=False)),
        *codes(order(paid=D(0), lines_unclear=True)),
        *codes(order(refunded_before=D(1))),
        *(code for kind in HoldKind for code in codes(hold(kind))),
    }
    assert found == {code.value for code in ReviewCode}
    assert len(RULES) == len(ReviewCode)


# Who may pass


@pytest.mark.parametrize("code", list(ReviewCode))
def test_who_may_pass_a_hit_is_said_with_who_else(code: ReviewCode) -> None:
    passed = HitFact(C.AMOUNT, passed_by=7)
    for role in ("agent", "senior", "aftersales", "supervisor", "finance", "owner", "warehouse"):
        verdict = may_pass(HitFact(code), role, 1, [passed])
        assert verdict.allowed == (role in PASSERS[code])
        assert verdict.allowed or verdict.instead


def test_what_must_be_done_first_nobody_passes() -> None:
    verdict = may_pass(HitFact(C.STOCK, "缺 1 件", fixed=True), "owner", 1)
    assert not verdict.allowed
    assert "缺货" in verdict.instead


def test_the_second_look_is_another_persons_and_comes_second() -> None:
    """Features 22: the first reviewer is never the second."""
    second = HitFact(C.FINANCE)
    first = HitFact(C.AMOUNT)
    assert "先由客服审" in may_pass(second, "finance", 1, [first, second]).reason
    assert "换一个人" in may_pass(second, "owner", 1, [replace(first, passed_by=1)]).reason
    assert may_pass(second, "finance", 2, [replace(first, passed_by=1)]).allowed
