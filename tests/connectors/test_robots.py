"""The robots in the colleagues' groups."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.answers import Later, Rejected, Unknown
from connectors.messenger import Robot
from connectors.robots import DingTalkRobot, WeComRobot, house_robots, signed
from connectors.sandbox import dingtalk, wecom
from connectors.sandbox.server import Sandbox

ROBOTS = {
    "wecom": WeComRobot(wecom.KEY),
    "dingtalk": DingTalkRobot(dingtalk.TOKEN, dingtalk.SECRET),
}
each = pytest.mark.parametrize(("system", "robot"), ROBOTS.items())


def said(sandbox: Sandbox, system: str) -> list[str]:
    return [effect.data["content"] for effect in sandbox.state.effects(system)]


@each
def test_what_is_told_stands_in_the_group(sandbox: Sandbox, system: str, robot: Robot) -> None:
    robot.tell("短信 连不上，10:05 再试")
    assert said(sandbox, system) == ["短信 连不上，10:05 再试"]


@each
def test_a_long_text_is_cut_between_characters(sandbox: Sandbox, system: str, robot: Robot) -> None:
    robot.tell("字" * 3000)
    [text] = said(sandbox, system)
    assert set(text) == {"字"}
    assert len(text.encode()) <= 2048


@each
def test_too_many_wait_a_minute(sandbox: Sandbox, system: str, robot: Robot) -> None:
    sandbox.state.store(system)["crowded"] = True
    with pytest.raises(Later):
        robot.tell("好")


@each
def test_an_empty_text_is_rejected(sandbox: Sandbox, system: str, robot: Robot) -> None:
    with pytest.raises(Rejected):
        robot.tell("")


@each
@pytest.mark.parametrize("fault", ["garbage", "error_500_after", "timeout_after"])
def test_no_clear_answer_is_unknown(
    sandbox: Sandbox, system: str, robot: Robot, fault: str
) -> None:
    sandbox.state.fault(system, fault)
    with pytest.raises(Unknown):
        robot.tell("好")


@pytest.mark.parametrize(
    ("robot", "code"),
    [
        (WeComRobot("wrong"), "93000"),
        (DingTalkRobot("wrong", dingtalk.SECRET), "300005"),
        (DingTalkRobot(dingtalk.TOKEN, "SECwrong"), "310000"),
    ],
)
def test_a_wrong_key_is_rejected(sandbox: Sandbox, robot: Robot, code: str) -> None:
    with pytest.raises(Rejected) as no:
        robot.tell("好")
    assert no.value.code == code
    assert sandbox.state.effects() == []


def test_dingtalks_signature_is_what_openssl_says() -> None:
    # printf '1577262236757\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret' -binary
    expected = "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert signed("this is secret", "1577262236757") == expected


def test_the_environment_names_the_robots(settings: Any) -> None:
    settings.WECOM_ROBOT_KEY = ""
    settings.DINGTALK_ROBOT_TOKEN = ""
    assert house_robots() == {}
    settings.WECOM_ROBOT_KEY = "k"
    settings.DINGTALK_ROBOT_TOKEN, settings.DINGTALK_ROBOT_SECRET = "t", "s"
    assert house_robots() == {"wecom": WeComRobot("k"), "dingtalk": DingTalkRobot("t", "s")}
    assert "'k'" not in repr(house_robots())
