"""SOP 5.d: short goods are purchased, made goods go step by step."""

from __future__ import annotations

import pytest

from stock.policy import SupplyFacts, may_step
from stock.words import SupplyKind, SupplyState

pytestmark = pytest.mark.sqlite


def test_nobody_assembles_before_the_sample_is_checked() -> None:
    scheduled = SupplyFacts(SupplyKind.PRODUCTION, SupplyState.SCHEDULED)
    verdict = may_step(scheduled, SupplyState.ASSEMBLED)
    assert verdict.refused
    assert verdict.clause == "5.d"
    assert "还没有确认样品" in verdict.reason
