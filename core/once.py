"""A form whose act is done once, however often it is sent (architecture §3)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms


class TokenForm(forms.Form):
    """Hidden `token`, one a rendered form: the same one twice does it once (architecture §3)."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        first = {"token": uuid.uuid4()} | kwargs.pop("initial", {})
        super().__init__(data, initial=first, **kwargs)

    @property
    def drafting(self) -> bool:
        """Is this a preview, that shows what would be and saves nothing?"""
        return False

    @property
    def partial(self) -> bool:
        """Is a part of the page enough for the answer?"""
        return self.drafting


class RowForm(TokenForm):
    """An act on a row of ours: hidden `token`, and `seen`, the version that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, row: Any, **kwargs: Any) -> None:
        first = {"seen": row.version} | self.first_values(row) | kwargs.pop("initial", {})
        super().__init__(data, initial=first, **kwargs)

    def first_values(self, row: Any) -> dict[str, Any]:
        """What the fields show when the page is opened."""
        return {}
