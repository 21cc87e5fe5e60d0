"""Waybill numbers by kdniao's interface, over real HTTP (SOP 2.c, 2.g)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.answers import Rejected, Unknown
from connectors.eorder import Account, Eorder
from connectors.sandbox.eorder import CREDENTIALS
from connectors.sandbox.server import Sandbox
from connectors.waybills import Person, Wanted

ACCOUNT = Account(**CREDENTIALS)
RECEIVER = Person("陈建生", "13800013800", "北京市", "北京市", "朝阳区", "建国路 1 号")
WANTED = Wanted("P00000001", "YTO", ACCOUNT.sender, RECEIVER, "亚麻衬衫", 2, 520)


@pytest.fixture
def issuer(sandbox: Sandbox) -> Eorder:
    return Eorder(ACCOUNT)


def test_a_number_comes_with_the_large_letters(issuer: Eorder, sandbox: Sandbox) -> None:
    granted = issuer.grant(WANTED)
    assert granted.number.startswith("YT")
    assert granted.mark == "北京-A01"
    assert [effect.key for effect in sandbox.state.effects("eorder", "order")] == [granted.number]


def test_the_same_key_again_gives_the_same_number(issuer: Eorder, sandbox: Sandbox) -> None:
    assert issuer.grant(WANTED) == issuer.grant(WANTED)
    assert len(sandbox.state.effects("eorder", "order")) == 1


@pytest.mark.parametrize(("fault", "times"), [("error_500_after", 2), ("garbage", 1)])
def test_what_may_have_been_done_is_unknown_and_asked_again(
    issuer: Eorder, sandbox: Sandbox, fault: str, times: int
) -> None:
    sandbox.state.fault("eorder", fault, times)
    with pytest.raises(Unknown):
        issuer.grant(WANTED)
    assert issuer.grant(WANTED).number
    assert len(sandbox.state.effects("eorder", "order")) == 1


def test_a_number_is_given_back_once(issuer: Eorder, sandbox: Sandbox) -> None:
    number = issuer.grant(WANTED).number
    for _ in range(2):
        issuer.cancel(WANTED.key, "YTO", number)
    assert [effect.key for effect in sandbox.state.effects("eorder", "cancel")] == [number]
    with pytest.raises(Rejected, match="订单不存在"):
        issuer.cancel("P9", "YTO", number)


def test_municipalities_go_without_their_last_sign(issuer: Eorder) -> None:
    """The interface wants 北京 and 广东省; the sandbox refuses anything else."""
    issuer.grant(WANTED)
    half = replace(WANTED, key="P2", receiver=replace(RECEIVER, province="广东"))
    with pytest.raises(Rejected, match="不是省份全称"):
        issuer.grant(half)


def test_a_landline_is_no_mobile(issuer: Eorder) -> None:
    issuer.grant(replace(WANTED, receiver=replace(RECEIVER, phone="0755-83901234")))


def test_a_carrier_without_an_agreement_is_refused_before_the_call(
    issuer: Eorder, sandbox: Sandbox
) -> None:
    with pytest.raises(Rejected, match="没有填 EMS"):
        issuer.grant(replace(WANTED, carrier="EMS"))
    assert sandbox.state.calls == []


def test_a_wrong_customer_number_is_said(sandbox: Sandbox) -> None:
    wrong = Eorder(replace(ACCOUNT, carriers="YTO=nobody"))
    with pytest.raises(Rejected, match="客户号有误"):
        wrong.grant(WANTED)


def test_nothing_personal_or_secret_is_in_a_repr() -> None:
    text = repr(WANTED) + repr(ACCOUNT)
    for word in ("陈建生", "13800013800", "建国路", "sandbox-app-key", "secret"):
        assert word not in text
