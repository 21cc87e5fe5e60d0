"""The form that corrects the reason of a case (SOP 1.4.c)."""

from __future__ import annotations

from typing import Any

from django import forms

from aftersales.forms.common import CaseForm
from aftersales.models import Case
from aftersales.rules import tree
from aftersales.selectors.versions import rules_of
from aftersales.words import CaseKind


class ReasonForm(CaseForm):
    """Which reason it is, and how that was found out."""

    reason = forms.ChoiceField(
        label="原因", choices=[], help_text="谁的责任、运费谁出跟着原因改；改完把新的费用告诉买家。"
    )
    why = forms.CharField(label="怎么查清楚的", max_length=300)

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        reasons = rules_of(case).reasons_for(CaseKind(case.kind))
        self.fields["reason"].choices = tree(reasons)  # type: ignore[attr-defined]

    def first_values(self, case: Case) -> dict[str, Any]:
        return {"reason": case.reason}
