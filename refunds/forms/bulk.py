"""What an act on many refunds asks for, once for all of them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from refunds.forms.decide import ReviewerField


class BulkForm(forms.Form):
    """Approve: nothing but a yes."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})


class BulkWhyForm(BulkForm):
    why = forms.CharField(
        label="原因", max_length=300, help_text="每一笔都记这个原因；驳回的会告诉买家。"
    )


class BulkAssignForm(BulkForm):
    """To whom they are given; each answers for itself whether that colleague may."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"] = ReviewerField()


FORMS: dict[str, type[BulkForm]] = {
    "reject_refund": BulkWhyForm,
    "return_refund": BulkWhyForm,
    "assign_refund": BulkAssignForm,
}
