"""The demo's policy: one change that was made, and two that wait for a second person (SOP 7.a)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.utils import timezone

from aftersales.models import PolicyChange
from aftersales.rules import Period, Rules
from aftersales.selectors.versions import newest
from aftersales.services.changes import When, propose_policy, propose_sentence, put_in_force
from aftersales.words import CaseKind, WaitsFor
from core.sentences import defaults
from orders.services.seed.demo.stage import Stage
from refunds.words import Fault

ASKED = "case.asked"


def made(stage: Stage) -> None:
    """Before any case: what carriers are named."""
    old = newest()
    rules = replace(old.rules, carriers=(*old.rules.carriers, "极兔"))
    when = When(None, "极兔开始上门取件")
    at = stage.ago(days=60)
    propose_policy(rules, when, base=old.number, by=stage.by("owner"), now=at)
    change = PolicyChange.objects.latest("id")
    put_in_force(change, by=stage.by("supervisor"), now=at + timedelta(hours=3))


def waiting(stage: Stage) -> None:
    """From next week longer to send back; and a friendlier sentence."""
    old, now = newest(), stage.ago(hours=3)
    when = When(_morning(stage.now + timedelta(days=7)), "同行都放到 10 天了，差评里常提")
    propose_policy(_longer(old.rules), when, base=old.number, by=stage.by("owner2"), now=now)
    text = defaults()[ASKED].text.replace("麻烦您尽快回复我", "有空的时候回复我就好")
    why = When(None, "买家说催得太急")
    propose_sentence(ASKED, text, why, by=stage.by("supervisor2"), now=now)


def _longer(rules: Rules) -> Rules:
    """Ten days instead of seven for whoever does not want it, and to send it back."""
    mine = (CaseKind.RETURN, Fault.BUYER)
    periods = (
        Period(p.kind, p.fault, 10, p.intact) if (p.kind, p.fault) == mine else p
        for p in rules.periods
    )
    waits = (
        replace(one, days=10) if one.waits_for is WaitsFor.SENDING else one
        for one in rules.patience
    )
    return replace(rules, periods=tuple(periods), patience=tuple(waits))


def _morning(at: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time()))
