"""The order page (SOP 1.6.c) and showing its personal data (architecture §7)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from aftersales.selectors.articles import guidance_for, has_guidance
from aftersales.selectors.cases import cases_of, has_cases
from aftersales.selectors.feedback import answer_of, has_feedback
from aftersales.selectors.matters import matter_of, way_to
from aftersales.selectors.offers import offers_of_cases
from core.models import Act
from core.sentences import from_act
from core.sentences import render as said
from core.verdict import Verdict, yes
from desk.forms import RevealForm
from orders.formats.states import after_sale_open
from orders.links import progress_url
from orders.policy import HoldFact, may_lift
from orders.selectors.offers import Offer, offers
from orders.selectors.order import get_order
from orders.selectors.page import OrderCard, order_card
from orders.selectors.shortage import all_here, expected_dates
from orders.situation import Situation, situation
from orders.stopping import may_withdraw_stop
from refunds.selectors.offers import offers_of_refunds, refund_that_holds
from refunds.selectors.refunds import has_refunds, refunds_of, went_back
from staff.http import Request
from staff.matrix import allow, may
from staff.models import User
from staff.services.reveal import REASONS, reveal
from warehouse.selectors.offers import offers_on_the_way
from warehouse.selectors.tracking import way_now, where_now

# What the page shows or leaves out, by the name of the right.
_RIGHTS = {
    "may_reveal": "reveal",
    "may_attach": "attach_account",
    "may_lift": "lift_hold",
    "may_withdraw": "withdraw_stop",
    "may_tick": "finish_hand_task",
    "may_tell": "tick_told",
    "may_print": "print_papers",
    "may_see_cases": "view_case",
    "may_see_refunds": "view_refund",
}


@allow("view_order")
def order(request: Request, order_no: str) -> HttpResponse:
    """Everything about one order, with what can be done and what to say."""
    now, user = timezone.now(), request.user
    beside = where_now() | has_refunds() | has_cases() | has_guidance() | has_feedback()
    card = order_card(user, order_no, now, **beside)
    row, dates = card.order, expected_dates(card.lines)
    cases, refunds = cases_of(row), refunds_of(row)
    first, matter = matter_of(cases)
    what = _situation(card, dates, matter, now)
    of_refund = None
    if what.act == "view_refund" and what.hold is not None:
        of_refund, say = refund_that_holds(refunds, what.hold.cause, user, now)
        what = replace(what, say=say or what.say)
    of_case = way_to(first, what, user)
    offered, done = _offered(card, user, what), _done(request, card)
    context = {name: may(user, right) for name, right in _RIGHTS.items()} | {
        "card": card,
        "order": row,
        "situation": what,
        "expected": dates,
        "today": timezone.localdate(now),
        "offers": [offer for offer in offered if not offer.main],
        "main": of_refund or of_case or _main(user, card, what, offered),
        "shown": card.shown,
        "cases": cases,
        "guidance": guidance_for(row) if may(user, "send_article") else [],
        "refunds": refunds,
        "went_back": went_back(row, refunds),
        "feedback": answer_of(row),
        "progress_link": progress_url(row.pk),
        "token": uuid.uuid4,
        "done": done,
        "sentence": _sentence(card, what, done, first.opened_at if of_case and first else None),
        "presence_of": f"order:{row.order_no}",
    }
    return render(request, "desk/order.html", context)


def _situation(
    card: OrderCard, dates: dict[int, date | None], matter: Situation | None, now: datetime
) -> Situation:
    """The headline: how the order stands."""
    row, arrives = card.order, all_here(dates.values())
    passed = arrives is not None and arrives < timezone.localdate(now)  # a day, and no answer
    return situation(
        card.facts,
        ship_by=timezone.localtime(row.ship_by) if row.ship_by else None,
        now=now,
        carrier=row.carrier_name,
        waybill=row.waybill,
        after_sale_open=after_sale_open(row.after_sale),
        way=way_now(row),
        expected=None if passed else arrives,
        doubts=[hit.fact() for hit in card.doubts],
        matter=matter,
    )


def _offered(card: OrderCard, user: User, what: Situation) -> list[Offer]:
    """What can be done with it, room by room."""
    row, facts = card.order, card.facts
    return [
        *offers(row, facts, card.payments, user, what.act),
        *offers_of_cases(row, facts, user),
        *offers_of_refunds(row, facts, user),
        *offers_on_the_way(row, facts, user, what.act),
    ]


def _done(request: Request, card: OrderCard) -> dict[str, Any] | None:
    """What was just done, with the sentence for the customer; survives a reload."""
    try:
        key = uuid.UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    known = next((act for act in card.acts if act.pk == key), None)
    act = known or Act.objects.filter(pk=key, order_no=card.order.order_no).first()
    if act is None:
        return None
    say = from_act(act.say)
    return {"act": act, "sentence": said(say, card.order.shop.code) if say else ""}


def _main(user: User, card: OrderCard, what: Situation, offered: list[Offer]) -> Offer | None:
    """The accented button: an offer, or what is done with the hold that the situation names."""
    main = next((offer for offer in offered if offer.main), None)
    if main or what.act not in _ON_A_HOLD or what.hold is None:
        return main
    label, right, rule = _ON_A_HOLD[what.act]
    if not may(user, right):
        return None
    facts = zip(card.facts.holds, card.open_holds, strict=True)
    hold = next(row for fact, row in facts if fact is what.hold)
    url = reverse(what.act.replace("_", "-"), args=[card.order.order_no, hold.pk])
    return Offer(what.act, label, url, rule(what.hold, user.role), "", True)


# By the address of the page: label, right, rule.
_ON_A_HOLD: dict[str, tuple[str, str, Callable[[HoldFact, str], Verdict]]] = {
    "lift_hold": ("解除挂起", "lift_hold", may_lift),
    "withdraw_stop": ("撤回拦截", "withdraw_stop", lambda hold, role: may_withdraw_stop(hold)),
    "call": ("联系买家", "contact", lambda hold, role: yes("1.3.a", "问买家怎么办，记下结果。")),
}


def _sentence(
    card: OrderCard, what: Situation, done: dict[str, Any] | None, at: datetime | None
) -> str:
    """What to tell the customer: what was just done goes before how things stand.

    `at`: a case is told of as it was worded when it began (SOP 7.a).
    """
    if done and done["sentence"]:
        return str(done["sentence"])
    return said(what.say, card.order.shop.code, at) if what.say else ""


@allow("reveal")
def show_personal(request: Request, order_no: str) -> HttpResponse:
    """Ask why, log it, and show consignee, telephone and address for the shift."""
    row = get_order(request.user, order_no)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reveal(
            request.user,
            "order",
            row.pk,
            no=row.order_no,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        target = row.get_absolute_url()
        if request.POST.get("next", "").startswith(f"{target}/"):
            target = request.POST["next"]
        return redirect(target)
    status = 422 if request.method == "POST" else 200
    context = {
        "order": row,
        "form": form,
        "reasons": REASONS,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    name = "desk/reveal.html#card" if request.htmx else "desk/reveal.html"
    return render(request, name, context, status=status)
