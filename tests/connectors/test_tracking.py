"""Where a parcel is, by kuaidi100 and kdniao, over real HTTP (SOP 1.4, 6.b)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import kdniao, kuaidi100
from connectors.accounts import NoAccount, tracker_of
from connectors.answers import Rejected, Unknown
from connectors.carriers import KUAIDI100, from_kuaidi100, to_kuaidi100
from connectors.sandbox import kdniao as bird
from connectors.sandbox import kuaidi100 as hundred
from connectors.sandbox.server import Sandbox
from connectors.trackers import Parcel, Track, TrackState
from orders.words import CARRIERS
from tests.connectors.money import FAR
from warehouse.words import TrackState as Stage

PARCEL = Parcel("YTO", "YT8962646785389")
SYSTEMS = ["kuaidi100", "kdniao"]


@pytest.fixture(autouse=True)
def _with_accounts(house: None) -> None:
    """All tests here have the house's accounts."""


def happened(sandbox: Sandbox, system: str, code: str, text: str) -> None:
    if system == "kuaidi100":
        hundred.happened(sandbox.state, "yuantong", PARCEL.waybill, code, text)
    else:
        bird.happened(sandbox.state, "YTO", PARCEL.waybill, code, text)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_query_tells_the_way_oldest_first_in_chinas_time(sandbox: Sandbox, system: str) -> None:
    happened(sandbox, system, "1", "已揽收")
    happened(sandbox, system, "0" if system == "kuaidi100" else "2", "到达杭州")
    happened(sandbox, system, "3", "已签收")
    track = tracker_of(system).query(PARCEL)
    assert (track.carrier, track.waybill) == ("YTO", PARCEL.waybill)
    assert (track.state, track.code) == (TrackState.SIGNED, "3")
    assert [event.text for event in track.events] == ["已揽收", "到达杭州", "已签收"]
    assert track.events[0].at < track.events[2].at
    assert track.events[0].at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("system", SYSTEMS)
def test_subscribed_twice_is_subscribed_once(sandbox: Sandbox, system: str) -> None:
    for _ in range(2):
        tracker_of(system).subscribe(PARCEL)
    assert len(sandbox.state.effects(system, "subscribe")) == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_lost_answer_subscribes_once(sandbox: Sandbox, system: str) -> None:
    sandbox.state.fault(system, "timeout_after")
    tracker_of(system).subscribe(PARCEL)
    assert len(sandbox.state.effects(system, "subscribe")) == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_wrong_keys_are_refused_in_words(sandbox: Sandbox, settings: Any, system: str) -> None:
    happened(sandbox, system, "1", "已揽收")
    wrong = dict.fromkeys(settings.TRACKER_ACCOUNTS[system], "wrong")
    settings.TRACKER_ACCOUNTS = {system: wrong}
    for ask in (tracker_of(system).query, tracker_of(system).subscribe):
        with pytest.raises(Rejected, match=r"[一-鿿]"):
            ask(PARCEL)
    assert sandbox.state.effects(system) == []


def test_a_parcel_that_nobody_knows_yet_is_unclear(sandbox: Sandbox) -> None:
    for system in SYSTEMS:
        assert tracker_of(system).query(PARCEL).state is TrackState.UNCLEAR


def test_kuaidi100_says_what_is_wrong_with_a_subscription(sandbox: Sandbox, settings: Any) -> None:
    tracker = tracker_of("kuaidi100")
    for parcel, words in (
        (Parcel("NOBODY", "123456789"), "不能订阅"),
        (Parcel("YTO", "1" * 33), "订阅的内容有误"),
    ):
        with pytest.raises(Rejected, match=words):
            tracker.subscribe(parcel)
    settings.CALLBACK_URL = ""
    with pytest.raises(Rejected, match="没有设置对外网址"):
        tracker_of("kuaidi100").subscribe(PARCEL)


def test_some_carriers_want_a_telephone(sandbox: Sandbox) -> None:
    hundred.happened(sandbox.state, "shunfeng", "SF1385628716739", "1", "已揽收")
    tracker = tracker_of("kuaidi100")
    with pytest.raises(Rejected, match="后四位"):
        tracker.query(Parcel("SF", "SF1385628716739"))
    found = tracker.query(Parcel("SF", "SF1385628716739", phone="8000"))
    assert found.state is TrackState.COLLECTED


@pytest.mark.parametrize("system", SYSTEMS)
def test_garbage_is_no_answer(sandbox: Sandbox, system: str) -> None:
    sandbox.state.fault(system, "garbage", 2)
    with pytest.raises(Unknown):
        tracker_of(system).query(PARCEL)


def test_without_keys_it_says_where_they_belong(settings: Any) -> None:
    settings.TRACKER_ACCOUNTS = {"kdniao": {"business_id": "1", "app_key": ""}}
    for system in SYSTEMS:
        with pytest.raises(NoAccount, match="店铺页填写"):
            tracker_of(system)


# Reading what comes


def test_a_result_without_number_and_state_is_nobodys(sandbox: Sandbox) -> None:
    raw = urlencode({"param": '{"status":"check","lastResult":{"message":"ok"}}'}).encode()
    assert tracker_of("kuaidi100").read(raw) == []


def test_lines_of_the_same_second_keep_their_order() -> None:
    at = "2026-11-25 10:00:00"
    rows = [{"time": at, "context": "后"}, {"time": at, "context": "先"}]
    track = kuaidi100.track({"nu": "1", "data": rows})
    assert [event.text for event in track.events] == ["先", "后"]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("404", TrackState.REFUSED),
        ("412", TrackState.AT_LOCKER),
        ("413", TrackState.RETURNING),
        ("416", TrackState.PROBLEM),
        ("420", TrackState.PROBLEM),
        ("499", TrackState.PROBLEM),  # not in the table: its simple state counts
    ],
)
def test_the_finer_state_of_kdniao_counts(code: str, state: TrackState) -> None:
    track = kdniao.track({"LogisticCode": "1", "State": "4", "StateEx": code})
    assert (track.state, track.code) == (state, code)


def test_every_state_has_words_and_is_reached() -> None:
    assert [state.value for state in Stage] == [state.value for state in TrackState]
    assert set(kuaidi100.STATES.values()) | set(kdniao.STATES.values()) == set(TrackState)


def test_every_carrier_of_ours_has_a_name_there() -> None:
    assert set(KUAIDI100) == set(CARRIERS)
    for code in CARRIERS:
        assert from_kuaidi100(to_kuaidi100(code)) == code
    assert (to_kuaidi100("XYZ"), from_kuaidi100("xyz")) == ("xyz", "xyz")


NAMES = (
    *("state", "nu", "com", "data", "time", "context", "lastResult"),
    *("State", "StateEx", "Traces", "AcceptTime", "AcceptStation", "LogisticCode", "Data"),
)
LEAF = st.none() | st.integers() | st.text(max_size=5)
ROW = st.dictionaries(st.sampled_from(NAMES), LEAF, max_size=4)
JUNK = LEAF | ROW | st.dictionaries(st.sampled_from(NAMES), LEAF | ROW | st.lists(ROW | LEAF))


@settings(max_examples=25, deadline=None)
@given(JUNK)
def test_no_shape_of_news_stops_anything(junk: Any) -> None:
    """Signed nonsense is read as what it is, or refused; it never raises anything else."""
    whole = {"lastResult": junk, "Data": junk}
    told = junk if isinstance(junk, dict) else {}
    assert isinstance(kuaidi100.track(told), Track)
    assert isinstance(kdniao.track(told), Track)
    text = json.dumps(whole)
    for tracker, name in (
        (kuaidi100.Kuaidi100(kuaidi100.Account(**hundred.CREDENTIALS)), "param"),
        (kdniao.Kdniao(kdniao.Account(**bird.CREDENTIALS)), "RequestData"),
    ):
        assert all(one.waybill for one in tracker.read(urlencode({name: text}).encode()))


def test_where_it_may_push_follows_the_public_address(sandbox: Sandbox) -> None:
    tracker_of("kuaidi100").subscribe(PARCEL)
    known = sandbox.state.store("kuaidi100")["subscriptions"][PARCEL.waybill]
    assert known == {"callbackurl": f"{FAR}/callbacks/kuaidi100", "salt": "gendan-salt"}


def test_a_shop_with_an_account_of_its_own_has_an_address_of_its_own(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = hundred.CREDENTIALS | {"salt": "salt-of-tb1"}
    monkeypatch.setattr("tests.connectors.money.typed", lambda shop, system: own)
    tracker_of("kuaidi100", "tb1").subscribe(PARCEL)
    known = sandbox.state.store("kuaidi100")["subscriptions"][PARCEL.waybill]
    assert known == {"callbackurl": f"{FAR}/callbacks/kuaidi100/tb1", "salt": "salt-of-tb1"}
