"""What a station posts: a scan with its own key, or a badge with its PIN."""

from __future__ import annotations

from django import forms


class ScanForm(forms.Form):
    """One scan: what, with which parcel in hand."""

    token = forms.UUIDField()
    code = forms.CharField(max_length=300)
    parcel = forms.CharField(max_length=16, required=False)


class PinForm(forms.Form):
    """Who works here from now on."""

    badge = forms.CharField(max_length=32)
    pin = forms.CharField(max_length=16)
    parcel = forms.CharField(max_length=16, required=False)
