"""Colleagues are told of what broke: by the bell, and in their group by the house's robots."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from connectors.robots import house_robots
from connectors.systems import label_of
from core.messages import Outgoing, handles, send, send_all
from core.messages import label_of as topic_label
from core.models import OutboxMessage
from staff.roles import Role
from staff.services.tell import tell

LEADS = (Role.SUPERVISOR, Role.OWNER)
STALE = timedelta(hours=2)  # later the bell has told it, and a group needs no old news


@handles("colleague.message", "告诉同事")
def colleague_message(message: OutboxMessage) -> None:
    """Say `text` in the groups. Each robot has a message of its own: one may be down.

    A robot cannot be asked what it said; after an unknown outcome it says it again.
    """
    told, robots, now = message.payload, house_robots(), timezone.now()
    if now - datetime.fromisoformat(told["at"]) > STALE:
        return
    if "robot" not in told:
        each = [
            Outgoing(message.topic, f"{message.key}:{robot}", told | {"robot": robot})
            for robot in robots
        ]
        with transaction.atomic():
            send_all(each, now=now)
    elif told["robot"] in robots:
        robots[told["robot"]].tell(told["text"])


@handles("connector.state", "外部系统通断")
def connector_state(message: OutboxMessage) -> None:
    """An outside system was cut off after failures in a row, or answers again."""
    label = label_of(message.payload["system"])
    if message.payload["up"]:
        text = f"{label} 恢复了，排队的消息会自动补发。"
    else:
        text = f"{label} 连不上。要发给它的消息先排着，恢复以后自动补发，不用重做。"
    _tell_leads(message, text)


@handles("message.failed", "未送达提醒")
def message_failed(message: OutboxMessage) -> None:
    """A message did not arrive after all tries; told once an hour for each topic."""
    text = (
        f"有消息没有送达（{topic_label(message.payload['topic'])}），请看看原因，再试一次或放弃。"
    )
    _tell_leads(message, text, reverse("messages"))


def _tell_leads(message: OutboxMessage, text: str, url: str = "") -> None:
    for role in LEADS:
        tell(text, role=role, url=url, key=f"{message.key}:{role}")
    told = {"text": text, "at": message.created_at.isoformat()}
    with transaction.atomic():
        send("colleague.message", f"say:{message.key}", told, now=timezone.now())
