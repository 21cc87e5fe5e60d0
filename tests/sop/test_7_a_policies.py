"""SOP 7.a: the policy and the sentences in versions; one proposes, another puts it in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.changing.checks import wrong
from aftersales.changing.judging import Began, otherwise
from aftersales.changing.laid import differences
from aftersales.models import Case, PolicyChange, PolicyVersion
from aftersales.rules import DELIVERED, Period, Reason, Rules, read
from aftersales.selectors import previews
from aftersales.selectors.changes import waiting_for
from aftersales.selectors.previews import preview, told_by
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_at, rules_of
from aftersales.services.changes import (
    When,
    propose_policy,
    propose_sentence,
    put_in_force,
    reject_change,
    withdraw_change,
)
from aftersales.words import CaseKind, WaitsFor
from core.acts import Actor, Conflict
from core.models import Act, Sentence
from core.sentences import defaults, render
from core.verdict import Refused, Say
from refunds.words import Fault, FreightPayer
from staff.factories import UserFactory
from staff.models import Notice, User
from tests.acts.test_twice import at_once
from tests.aftersales.asking import DAY, now_of, opened, received
from tests.refunds.asking import WED

K = CaseKind
SOON = When(WED + 7 * DAY, "放宽到 10 天")
AT_ONCE = When(None, "放宽到 10 天")


def days(rules: Rules, kind: CaseKind, fault: Fault, number: int) -> Rules:
    """The same with another period."""
    other = [p for p in rules.periods if (p.kind, p.fault) != (kind, fault)]
    return replace(rules, periods=(*other, Period(kind, fault, number, intact=True)))


TEN = days(DELIVERED, K.RETURN, Fault.BUYER, 10)


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory.create(role="owner", full_name="徐文斌")


@pytest.fixture
def lead(db: None) -> User:
    return UserFactory.create(role="supervisor", full_name="林婉婷")


@pytest.fixture
def change(owner: User, lead: User) -> PolicyChange:
    """Proposed by the owner, to count in a week."""
    return proposed(TEN, SOON, owner)


def proposed(
    rules: Rules, when: When, who: User, base: int = 1, now: datetime = WED
) -> PolicyChange:
    propose_policy(rules, when, base=base, by=Actor.person(who), now=now)
    return PolicyChange.objects.latest("id")


def passed(row: PolicyChange, who: User, now: datetime = WED) -> PolicyChange:
    put_in_force(row, by=Actor.person(who), now=now)
    row.refresh_from_db()
    return row


# What a version says, and what differs (pure)


def test_what_changes_is_said_from_and_to() -> None:
    new = Reason("r1", "买家的原因", "送礼不合适", Fault.BUYER, kinds=(K.RETURN,))
    rules = replace(TEN, reasons=(*DELIVERED.reasons[1:], new))
    said = [(one.label, one.before, one.after) for one in differences(DELIVERED, rules)]
    assert said[0] == (
        "退货 · 买家的原因",
        "签收后 7 天内，吊牌、包装要完好",
        "签收后 10 天内，吊牌、包装要完好",
    )
    assert [(label, before) for label, before, _ in said[1:2]] == [("送礼不合适", "（没有）")]
    assert said[2][0] == "不想要了"
    assert said[2][2] == "（没有）"
    assert len(said) == 3
    assert differences(DELIVERED, DELIVERED) == []


def test_every_fault_is_named_at_its_field() -> None:
    nameless = replace(DELIVERED.reasons[0], label=" ", kinds=())
    theirs = replace(DELIVERED.cost(Fault.SELLER), back=FreightPayer.BUYER)
    rules = replace(
        days(DELIVERED, K.RETURN, Fault.BUYER, 400),
        costs=(theirs,),
        reasons=(nameless, *(r for r in DELIVERED.reasons if K.COMPLAINT not in r.kinds)),
        promise={K.REPAIR: 0},
    )
    assert set(wrong(rules)) == {
        *("days-return-buyer", "days-return-seller", "promise-repair", "back-seller"),
        *("label-unwanted", "kinds-unwanted", "reasons-complaint"),
    }
    assert wrong(DELIVERED) == {}


def test_a_case_under_another_version_is_judged_by_the_same_rules() -> None:
    late = Began(K.RETURN, Fault.BUYER, "size", WaitsFor.SENDING, WED.date(), WED.date() - 9 * DAY)
    assert otherwise(late, DELIVERED, TEN) == ["不能办 → 可以办"]
    (says,) = otherwise(late, TEN, DELIVERED)
    assert says.startswith("可以办 → 不能办（过了期限")
    assert otherwise(replace(late, overruled=True), DELIVERED, TEN) == []
    ours = tuple(replace(r, fault=Fault.SELLER) for r in DELIVERED.reasons)
    slower = replace(DELIVERED, reasons=ours, promise={**DELIVERED.promise, K.RETURN: 5})
    says_all = "；".join(otherwise(late, DELIVERED, slower))
    for part in ("买家的原因 → 我们的责任", "寄回买家承担 → 我们承担", "3 → 5 个工作日"):
        assert part in says_all
    without = replace(DELIVERED, reasons=DELIVERED.reasons[2:])
    assert "没有“尺码不合适”这个原因了" in otherwise(late, DELIVERED, without)


def test_a_shorter_warranty_is_said_and_judges_repairs() -> None:
    shorter = days(DELIVERED, K.REPAIR, Fault.SELLER, 90)
    said = [(one.label, one.before, one.after) for one in differences(DELIVERED, shorter)]
    assert said == [("保修期", "签收后 365 天内，免费修", "签收后 90 天内，免费修")]
    none = replace(DELIVERED, periods=DELIVERED.periods[:-1])
    assert [one.after for one in differences(DELIVERED, none)] == ["一直保修"]
    received_on = WED.date() - 100 * DAY
    repair = Began(K.REPAIR, Fault.SELLER, "quality", WaitsFor.DIAGNOSIS, WED.date(), received_on)
    assert otherwise(repair, DELIVERED, shorter) == ["保修内 → 不在保修内"]
    assert otherwise(repair, shorter, none) == ["不在保修内 → 保修内"]
    worn = replace(repair, fault=Fault.BUYER, reason="worn")
    changed = {"寄回我们承担 → 买家承担", "寄出我们承担 → 买家承担", "保修内 → 不在保修内"}
    assert set(otherwise(worn, DELIVERED, shorter)) == changed


# One proposes, another puts it in force


def test_who_proposes_never_puts_it_in_force(change: PolicyChange, owner: User) -> None:
    with pytest.raises(Refused, match="要另一个人来通过"):
        passed(change, owner)
    refused = Act.objects.get(verb="put_in_force")
    assert (refused.outcome, refused.clause) == ("refused", "7.a")
    assert PolicyVersion.objects.count() == 0
    with pytest.raises(Refused, match="不用驳回"):
        reject_change(change, "算了", by=Actor.person(owner), now=WED)
    for state in ("passed", "rejected"):  # nor behind the acts' back
        values = {"decided_by": owner, "decided_at": WED, "made": 2}
        with pytest.raises(IntegrityError), transaction.atomic():
            PolicyChange.objects.filter(pk=change.pk).update(state=state, **values)


def test_another_person_puts_it_in_force_from_its_date(
    change: PolicyChange, owner: User, lead: User
) -> None:
    told = Notice.objects.get(to=lead)
    assert "等您通过" in told.text
    assert not Notice.objects.filter(to=owner).exists()
    assert list(waiting_for(lead)) == [change]
    assert not waiting_for(owner).exists()
    act = put_in_force(change, by=Actor.person(lead), now=WED)
    assert act.summary == "通过改售后政策，第 2 版"
    two = PolicyVersion.objects.get(number=2)
    assert (two.by_name, two.checked_name, two.from_at) == ("徐文斌", "林婉婷", SOON.from_at)
    assert "林婉婷通过改售后政策" in Notice.objects.get(to=owner).text
    assert not waiting_for(lead).exists()
    assert PolicyVersion.objects.get(number=1).rules == DELIVERED
    # Remembered or not, it counts from its date to the second.
    assert rules_at(two.from_at - timedelta(seconds=1)) == DELIVERED
    assert rules_at(two.from_at).period(K.RETURN, Fault.BUYER) == TEN.period(K.RETURN, Fault.BUYER)


def test_at_once_is_when_the_other_agrees(owner: User, lead: User) -> None:
    row = passed(proposed(TEN, AT_ONCE, owner), lead, WED + timedelta(hours=2))
    assert row.from_at == PolicyVersion.objects.get(number=2).from_at == WED + timedelta(hours=2)


def test_a_case_keeps_the_version_it_began_with(owner: User, lead: User, by: Actor) -> None:
    begun = opened(received(), by)
    passed(proposed(TEN, AT_ONCE, owner), lead)
    assert rules_of(now_of(begun)).period(K.RETURN, Fault.BUYER) == DELIVERED.period(
        K.RETURN, Fault.BUYER
    )
    before = opened(received(), by)  # of an order that was paid before
    assert before.version_of_id == begun.version_of_id
    later = received(days=-6)
    type(later).objects.filter(pk=later.pk).update(paid_at=WED + DAY)
    case = opened(later, by, now=WED + 8 * DAY)
    assert case.version_of is not None
    assert case.version_of.number == 2


@pytest.mark.parametrize("what", ["past", "before", "same", "waits", "faulty", "stale"])
def test_what_cannot_be_proposed(what: str, owner: User, lead: User) -> None:
    cases: dict[str, tuple[Rules, When, str]] = {
        "past": (TEN, When(WED - DAY, "a"), "生效时间已经过了"),
        "before": (days(TEN, K.RETURN, Fault.BUYER, 12), AT_ONCE, "还早"),
        "same": (DELIVERED, SOON, "没有改动"),
        "waits": (TEN, SOON, "还在等人通过"),
        "faulty": (days(DELIVERED, K.RETURN, Fault.BUYER, 0), SOON, "要填 1 到"),
        "stale": (days(TEN, K.RETURN, Fault.BUYER, 12), SOON, "已经通过了"),
    }
    rules, when, says = cases[what]
    base = 1
    if what in ("before", "stale", "waits"):
        row = proposed(TEN, SOON, owner)
        if what != "waits":
            passed(row, lead)
            base = 2 if what == "before" else 1
    with pytest.raises(Refused, match=says):
        proposed(rules, when, owner, base)


def test_it_takes_no_effect_backwards(change: PolicyChange, lead: User) -> None:
    assert SOON.from_at is not None
    with pytest.raises(Refused, match="不能往前生效"):
        passed(change, lead, SOON.from_at + timedelta(minutes=1))


def test_it_is_rejected_with_a_reason_or_taken_back(
    change: PolicyChange, owner: User, lead: User
) -> None:
    with pytest.raises(Refused, match="别人不能撤回"):
        withdraw_change(change, "", by=Actor.person(lead), now=WED)
    reject_change(change, "先看一个月的退货", by=Actor.person(lead), now=WED)
    assert "先看一个月的退货" in Notice.objects.get(to=owner).text
    with pytest.raises(Refused, match="林婉婷已经处理过：已驳回"):
        passed(now(change), lead)
    again = proposed(TEN, SOON, owner)
    withdraw_change(again, "写错了", by=Actor.person(owner), now=WED)
    assert now(again).state == "withdrawn"
    assert PolicyVersion.objects.count() == 0


def now(row: PolicyChange) -> PolicyChange:
    return PolicyChange.objects.get(pk=row.pk)


def test_what_was_seen_is_what_is_decided(change: PolicyChange, lead: User) -> None:
    with pytest.raises(Conflict):
        put_in_force(change, by=Actor.person(lead), now=WED, seen=change.version - 1)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_makes_the_version() -> None:
    people = [UserFactory.create(role=role) for role in ("owner", "supervisor", "owner")]
    row = proposed(TEN, AT_ONCE, people[0])

    def agree(who: User) -> Callable[[], str]:
        def do() -> str:
            try:
                put_in_force(row, by=Actor.person(who), now=WED)
            except Refused as refusal:
                return refusal.verdict.reason
            return "made"

        return do

    answers = at_once(agree(people[1]), agree(people[2]))
    assert answers.count("made") == 1
    assert any("已经处理过" in answer for answer in answers)
    assert PolicyVersion.objects.filter(number=2).count() == 1
    rivals = at_once(*(lambda who=who: _try(TEN, who) for who in (people[0], people[2])))
    assert sorted(rivals) == ["proposed", "refused"]


def _try(rules: Rules, who: User) -> str:
    try:
        propose_policy(
            days(rules, K.RETURN, Fault.BUYER, 12), AT_ONCE, base=2, by=Actor.person(who), now=WED
        )
    except Refused:
        return "refused"
    return "proposed"


# What it would mean


def test_the_preview_says_which_open_cases_would_be_judged_otherwise(
    owner: User,
    lead: User,
    by: Actor,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:
    cases = [opened(received(), by) for _ in range(3)]
    Case.objects.filter(pk=cases[0].pk).update(fault="seller", reason="quality")
    with django_assert_max_num_queries(4):
        found = preview(days(DELIVERED, K.RETURN, Fault.BUYER, 2), lead)
    assert (found.open, found.more, found.count) == (3, False, 2)
    assert {row.case.pk for row in found.rows} == {case.pk for case in cases[1:]}
    assert found.rows[0].says[0].startswith("可以办 → 不能办（过了期限")
    assert preview(TEN, lead).count == 0
    monkeypatch.setattr(previews, "LOOKED", 2)
    assert (preview(TEN, lead).open, preview(TEN, lead).more) == (2, True)
    lead.shop_codes = ["elsewhere"]
    assert preview(TEN, lead).open == 0


# Sentences


def test_a_sentence_is_reworded_by_two_from_its_date(owner: User, lead: User, by: Actor) -> None:
    case = opened(received(), by)
    say = tell_of(case)
    assert say is not None
    before, at = render(say), WED + DAY
    propose_sentence("case.instructions", "请寄到{address}。", When(at, "短"), by=by, now=WED)
    row = PolicyChange.objects.latest("id")
    assert row.title == "“退货：怎么寄”这句话"
    assert told_by("case.instructions", lead).count == 1
    passed(row, lead)
    assert Sentence.objects.get(key="case.instructions").version == 1
    with time_machine.travel(at - timedelta(seconds=1), tick=False):
        assert render(say) == before
    with time_machine.travel(at, tick=False):
        assert render(say).startswith("请寄到")
        assert render(say, "", case.opened_at) == before, "the case keeps what it began with"
    with pytest.raises(Refused, match="还早"):
        propose_sentence("case.instructions", "马上寄。", AT_ONCE, by=by, now=WED)
    with pytest.raises(Refused, match="没有“nobody”可以填"):
        propose_sentence("case.noted", "{nobody}", AT_ONCE, by=by, now=WED)


def test_a_shop_has_its_own_wording(owner: User, lead: User) -> None:
    me = Actor.person(owner)
    propose_sentence("case.noted", "本店说。", AT_ONCE, scope="tb1", by=me, now=timezone.now())
    propose_sentence("case.noted", "公司说。", AT_ONCE, by=me, now=timezone.now())
    for row in PolicyChange.objects.all():
        passed(row, lead, timezone.now())
    texts = [render(Say("case.noted"), scope) for scope in ("tb1", "tb2")]
    assert texts == ["本店说。", "公司说。"]


# On the screen


def page_of(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return str(answer.content.decode())


def typed(client: Client, **other: Any) -> dict[str, Any]:
    """The form as the page shows it, with something else typed."""
    form = client.get(reverse("propose-policy")).context["form"]
    shown = {bound.name: bound.value() for bound in form}
    return {name: v for name, v in (shown | other).items() if v not in (None, False)}


def test_it_is_drafted_looked_at_and_proposed(
    client: Client, owner: User, lead: User, by: Actor
) -> None:
    opened(received(), by)
    client.force_login(owner)
    other = {"days-return-buyer": 2, "why": "太松", "label-new-1": "送礼", "group-new-1": "买家"}
    other |= {"kinds-new-1": ["return"], "fault-new-1": "buyer", "true-new-1": "unwanted"}
    url, data = reverse("propose-policy"), typed(client, **other)
    looked = client.post(url, data | {"preview": "1"})
    html = looked.content.decode()
    assert looked.context["form"].errors == {}
    for part in ("签收后 2 天内", "1 个会不一样", "可以办 → 不能办", "还没有提出"):
        assert part in html
    assert not PolicyChange.objects.exists()
    faulty = client.post(url, data | {"days-return-buyer": 0, "label-size": "", "from_at": "x"})
    assert faulty.status_code == 422
    assert set(faulty.context["form"].errors) == {"days-return-buyer", "from_at"}
    assert "太松" in faulty.content.decode(), "what was typed stays"
    assert client.post(url, data | {"label-size": ""}).context["form"].errors.keys() == {
        "label-size"
    }
    gone = client.post(url, data)
    row = PolicyChange.objects.get()
    assert gone.headers["Location"] == row.get_absolute_url()
    assert client.post(url, data).headers["Location"] == row.get_absolute_url(), "twice is once"
    assert "已经通知能通过的同事" in page_of(client, "policy-change", row.pk)
    assert client.post(url, typed(client, **other)).status_code == 409
    client.force_login(lead)
    assert row.title in page_of(client, "policy-changes")
    assert "1 个会不一样" in page_of(client, "policy-change", row.pk)
    accepted = client.get(reverse("put-in-force", args=[row.pk])).context["form"]
    seen = {"seen": accepted["seen"].value(), "token": accepted["token"].value()}
    assert client.post(reverse("put-in-force", args=[row.pk]), seen).status_code == 302
    assert "第 2 版" in page_of(client, "policies")
    assert "一开始" in page_of(client, "policy", 1)
    assert "比第 1 版改了什么" in page_of(client, "policy", 2)
    codes = {one.code for one in PolicyVersion.objects.get(number=2).rules.reasons}
    assert not codes & {"new-1", "new-2"}


def contents(rules: Rules) -> dict[str, Any]:
    """Every part of a version; in which order its rows stand says nothing, but for reasons."""
    known = {K(kind): rules.promise_days(K(kind)) for kind in K}
    return {
        "periods": set(rules.periods),
        "costs": set(rules.costs),
        "reasons": [replace(one, kinds=tuple(sorted(one.kinds))) for one in rules.reasons],
        "patience": {rules.patience_for(what) for what in WaitsFor},
        "promise": known,
        "freight": rules.freight,
        "excluded": rules.excluded,
        "carriers": rules.carriers,
    }


def test_a_draft_in_which_nothing_is_changed_is_its_origin(client: Client, owner: User) -> None:
    """The warranty, too: what the draft does not show would be gone with the next version."""
    client.force_login(owner)
    looked = client.post(reverse("propose-policy"), typed(client, why="看看") | {"preview": "1"})
    form = looked.context["form"]
    assert form.errors == {}
    assert contents(form.proposed()) == contents(DELIVERED)
    assert form.differs() == []
    assert {field.name for field in fields(Rules)} == set(contents(DELIVERED))


def test_the_warranty_is_shown_drafted_and_previewed(
    client: Client, owner: User, agent_client: Client
) -> None:
    assert "签收后 365 天内，免费修" in page_of(agent_client, "policies")
    client.force_login(owner)
    data = typed(client, **{"days-repair-seller": 180, "freight": "15.00", "why": "运费涨了"})
    html = client.post(reverse("propose-policy"), data | {"preview": "1"}).content.decode()
    for part in ("保修期", "签收后 365 天内，免费修", "签收后 180 天内，免费修", "15.00 元"):
        assert part in html
    client.post(reverse("propose-policy"), data)
    period = read(PolicyChange.objects.get().text).period(K.REPAIR, Fault.SELLER)
    assert period == Period(K.REPAIR, Fault.SELLER, 180, intact=False)


def test_an_agent_reads_the_policy_and_changes_nothing(
    agent_client: Client, change: PolicyChange
) -> None:
    html = page_of(agent_client, "policies")
    assert "签收后 7 天内" in html
    assert "等另一个人通过" in html
    assert change.get_absolute_url() not in html
    for name in ("propose-policy", "policy-changes", "sentences"):
        assert agent_client.get(reverse(name)).status_code == 403


def test_a_list_with_nothing_says_so(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert "没有等您通过的改动" in page_of(client, "policy-changes")
    assert next(iter(defaults())) in page_of(client, "sentences")
