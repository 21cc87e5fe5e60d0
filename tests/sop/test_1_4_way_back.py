"""SOP 1.4.d: the buyer's waybill is followed as our own parcels are, and the dock hears of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from aftersales.models import Case
from aftersales.selectors.arrivals import find_arrival
from aftersales.services.asking import ask_customer, record_answer
from aftersales.services.parcel_news import in_trouble
from aftersales.services.parcels import note_waybill
from aftersales.services.timers import close_silent
from aftersales.services.way_back import hear_signed
from connectors.sandbox import kuaidi100
from connectors.sandbox.server import Sandbox
from core.acts import Actor
from orders.models import Order
from staff.factories import UserFactory
from staff.models import Notice
from tests.acts.pages import fields
from tests.aftersales.asking import arrived, back, now_of, on_its_way, opened, received
from tests.tracking.conftest import deliver, house, take_pushes  # noqa: F401 - fixtures
from warehouse.models import Enquiry, Tracking, Trouble
from warehouse.services.news import Line, look, take_news
from warehouse.words import TrackSource, TrackState

pytestmark = pytest.mark.django_db
S = TrackState
BACK = "YT8800000001"
DAY = timedelta(days=1)


def returned(by: Actor) -> Case:
    """A return whose waybill was just told; the goods' own order arrived two days ago."""
    now = timezone.now()
    order = received(received_at=now - 2 * DAY, waybill="YT8962646785389", carrier="YTO")
    case = opened(order, by, back(order, "quality"), now=now)
    return on_its_way(case, by, now=now)


def told(state: TrackState, text: str, ago: float = 0) -> None:
    now = timezone.now()
    line = Line(now - timedelta(hours=ago), text, "", state.value)
    take_news("YTO", BACK, state, [line], TrackSource.KUAIDI100, now=now)


def way(case: Case) -> Tracking:
    return Tracking.objects.get(order=case.order, inbound=True, waybill=case.waybill)


@pytest.mark.usefixtures("house")
def test_it_is_subscribed_and_its_news_stand_on_the_case(
    by: Actor, sandbox: Sandbox, agent_client: Client
) -> None:
    case = returned(by)
    deliver()
    assert (way(case).inbound, way(case).subscribed) == (True, "kuaidi100")
    kuaidi100.happened(sandbox.state, "yuantong", BACK, "0", "离开杭州转运中心")
    take_pushes(sandbox)
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert "离开杭州转运中心" in html
    assert "运输中" in html


def test_signed_for_and_not_counted_waits_for_the_dock(by: Actor) -> None:
    """It says nothing of our own parcel; the dock has a working day, and hears of it once."""
    case = returned(by)
    order = Order.objects.get(order_no=case.order_no)
    told(S.MOVING, "运输中")
    assert hear_signed(timezone.now()) == 0
    told(S.SIGNED, "前台签收")
    assert (hear_signed(timezone.now()), hear_signed(timezone.now())) == (1, 0)
    case = now_of(case)
    assert (case.state, case.waits_for) == ("warehouse", "signed")
    assert case.due_at < timezone.now() + 5 * DAY
    assert Notice.objects.filter(text__contains="请找到包裹清点", role="warehouse").count() == 1
    assert Order.objects.get(order_no=case.order_no).received_at == order.received_at
    arrived(case, by, now=timezone.now())
    assert now_of(case).waits_for == "inspection"
    assert (way(case).poll_at, way(case).trouble) == (None, "")


@pytest.mark.usefixtures("house")
def test_a_quiet_one_stands_among_the_troubles_until_it_is_here(by: Actor) -> None:
    """… and becomes no case of a parcel that cannot be delivered."""
    case = returned(by)
    told(S.COLLECTED, "已揽收", ago=1)
    assert look(timezone.now() + timedelta(hours=49)) == 1
    trouble = Trouble.objects.get()
    assert (trouble.kind, trouble.order_id, trouble.tracking.inbound) == (
        "quiet",
        case.order_id,
        True,
    )
    told(S.RETURNING, "拒收退回")  # nobody has to call the buyer: nothing for the worklist
    assert not Trouble.objects.filter(done_at=None).exists()
    Order.objects.filter(order_no=case.order_no).update(state="shipped")
    assert not in_trouble().exists()


def test_its_carrier_is_asked_about_it_and_not_about_ours(by: Actor, agent_client: Client) -> None:
    """Only who sent it may have it redirected; where it is, we ask as well."""
    case = returned(by)
    order = Order.objects.get(order_no=case.order_no)
    told(S.COLLECTED, "已揽收", ago=1)
    look(timezone.now() + timedelta(hours=49))
    logistics = Client()
    logistics.force_login(UserFactory.create(role="logistics"))
    link = f"/orders/{order.order_no}/ask-carrier?of={BACK}"
    assert link in logistics.get("/troubles").content.decode()
    html = agent_client.get(link).content.decode()
    assert f'value="{BACK}" selected' in html
    typed = fields(html) | {"of": BACK, "within": "8"}
    url = link.partition("?")[0]
    assert "买家寄的件" in agent_client.post(url, typed | {"kind": "call_back"}).content.decode()
    agent_client.post(url, typed | {"kind": "urge", "token": str(uuid4())})
    asked = Enquiry.objects.get(order=order)
    assert (asked.waybill, asked.kind) == (BACK, "urge")  # of a received order only this may be


def test_a_waybill_that_was_told_wrong_is_let_go(by: Actor) -> None:
    case = returned(by)
    note_waybill(case, "ZTO", "75312345678901", by=by, now=timezone.now())
    assert Tracking.objects.get(waybill=BACK).ended_at is not None
    assert way(now_of(case)).carrier == "ZTO"


def test_a_waybill_that_is_told_before_the_answer_is_noted(by: Actor, agent_client: Client) -> None:
    """1.4.d: the question stays open, and its parcel is followed; silence closes nothing."""
    now = timezone.now()
    order = received(received_at=now - 2 * DAY)
    case = opened(order, by, back(order, "quality"), now=now)
    ask_customer(case, "吊牌还在吗？", by=by, now=now)
    assert now_of(case).close_at is not None
    assert "/note-waybill" in agent_client.get(case.get_absolute_url()).content.decode()
    note_waybill(now_of(case), "YTO", BACK, by=by, now=now)
    case = now_of(case)
    assert (case.waits_for, case.close_at, case.waybill) == ("answer", None, BACK)
    assert way(case).inbound
    record_answer(case, "在", by=by, now=now)
    assert now_of(case).waits_for == "arrival"


def test_a_question_keeps_no_parcel_out(by: Actor) -> None:
    """1.4.f: the dock goes on expecting it, and silence closes nothing; counted, it is waited for
    no longer, and whoever asked hears that the answer is still to come.
    """
    case = returned(by)
    ask_customer(case, "吊牌还在吗？", by=by, now=timezone.now())
    case = now_of(case)
    assert (case.waits_for, case.close_at) == ("answer", None)
    assert close_silent(timezone.now() + 90 * DAY) == 0
    assert [find_arrival(code) for code in (case.number, BACK)] == [[case], [case]]
    told(S.SIGNED, "前台签收")
    assert (hear_signed(timezone.now()), hear_signed(timezone.now())) == (1, 0)
    assert (now_of(case).waits_for, now_of(case).details["waited_for"]) == ("answer", "signed")
    here = arrived(now_of(case), by, now=timezone.now())
    assert here.waits_for == "inspection"
    assert "waited_for" not in here.details
    assert Notice.objects.get(to_id=by.user_id, text__contains="还没有答复：吊牌还在吗？")
