"""Colleagues are told what broke and what mended: the bell, the group, the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.models import Breaker
from connectors.sandbox import dingtalk, wecom
from connectors.sandbox.server import Sandbox
from connectors.services import breaker
from core.messages import deliver_due, send
from core.models import MessageState, OutboxMessage
from staff.factories import UserFactory
from staff.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def robots(sandbox: Sandbox, settings: Any) -> Sandbox:
    settings.WECOM_ROBOT_KEY = wecom.KEY
    settings.DINGTALK_ROBOT_TOKEN, settings.DINGTALK_ROBOT_SECRET = dingtalk.TOKEN, dingtalk.SECRET
    return sandbox


def cut_off(system: str = "sms") -> None:
    for _ in range(breaker.FAILURES):
        breaker.failed(system, "出错了", timezone.now())


def deliver_all() -> None:
    while deliver_due():
        pass


def in_groups(sandbox: Sandbox) -> dict[str, list[str]]:
    return {
        system: [effect.data["content"] for effect in sandbox.state.effects(system)]
        for system in ("wecom", "dingtalk")
    }


def test_what_breaks_is_told_once_to_the_leads_and_in_each_group(robots: Sandbox) -> None:
    cut_off()
    breaker.failed("sms", "出错了", timezone.now())
    deliver_all()
    assert {notice.role for notice in Notice.objects.all()} == {"supervisor", "owner"}
    said = in_groups(robots)
    assert [len(texts) for texts in said.values()] == [1, 1]
    assert said["wecom"][0].startswith("短信 连不上")


def test_what_mends_is_told_too(robots: Sandbox) -> None:
    cut_off()
    breaker.answered("sms", timezone.now())
    breaker.answered("sms", timezone.now())
    deliver_all()
    texts = in_groups(robots)["wecom"]
    assert [text[:6] for text in texts] == ["短信 连不上", "短信 恢复了"]


def test_a_group_that_is_down_keeps_nothing_from_the_other(robots: Sandbox) -> None:
    robots.state.fault("wecom", "error_500", 3)
    cut_off()
    deliver_all()
    assert {system: len(texts) for system, texts in in_groups(robots).items()} == {
        "wecom": 0,
        "dingtalk": 1,
    }
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        robots.state.mend("wecom")
        deliver_all()
    assert len(in_groups(robots)["wecom"]) == 1


def test_old_news_is_not_said_in_the_group(robots: Sandbox) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=3), tick=False):
        cut_off()
    deliver_all()
    assert in_groups(robots)["wecom"] == []
    assert Notice.objects.count() == 2


def test_without_robots_the_bell_is_enough(sandbox: Sandbox) -> None:
    cut_off()
    deliver_all()
    assert Notice.objects.count() == 2
    assert sandbox.state.calls == []
    assert not OutboxMessage.objects.exclude(state=MessageState.DONE).exists()


def test_undelivered_messages_are_told_once_an_hour_for_each_topic(robots: Sandbox) -> None:
    now = timezone.now()
    with transaction.atomic():
        for number in range(3):
            send("no.such", f"poison:{number}", {}, now=now)
    deliver_all()
    assert Notice.objects.filter(text__contains="no.such").count() == 2
    assert Notice.objects.filter(url=reverse("messages")).count() == 2
    assert len(in_groups(robots)["dingtalk"]) == 1


def test_a_robot_that_refuses_is_not_told_about_by_itself(robots: Sandbox, settings: Any) -> None:
    settings.WECOM_ROBOT_KEY = "wrong"
    cut_off()
    deliver_all()
    assert OutboxMessage.objects.filter(state=MessageState.FAILED).count() == 1
    assert not OutboxMessage.objects.filter(topic="message.failed").exists()


# The desk


def desk(role: str) -> tuple[str, str]:
    client = Client()
    client.force_login(UserFactory.create(role=role))
    home, live = client.get(reverse("home")), client.get(reverse("live"))
    return home.content.decode(), live.content.decode()


@pytest.mark.parametrize("role", ["supervisor", "owner", "senior"])
def test_the_desk_says_what_is_cut_off_and_when_it_is_tried_again(role: str) -> None:
    cut_off()
    at = timezone.localtime(Breaker.objects.get().open_until)
    for text in desk(role):
        assert f"短信 连不上，{at:%H:%M} 再试" in text
    breaker.answered("sms", timezone.now())
    for text in desk(role):
        assert "连不上" not in text


def test_an_agent_has_other_things_to_look_at() -> None:
    cut_off()
    assert not any("连不上" in text for text in desk("agent"))
