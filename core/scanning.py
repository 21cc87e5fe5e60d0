"""A scanner's field in a form: read from key events, with no keyboard on the screen (screens)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest


class ScanInput(forms.TextInput):
    """The one field of a form that scans go into; `static/js/scanform.js` reads for it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        scanner = {"data-scan": True, "class": "scan", "inputmode": "none", "autofocus": True}
        plain = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__({**scanner, **plain, **(attrs or {})})


def say_faults(request: HttpRequest, form: forms.Form) -> None:
    """What is wrong with a scan, in big type, as the stations say it."""
    for faults in form.errors.values():
        for fault in faults:
            messages.error(request, str(fault))
