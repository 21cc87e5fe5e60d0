"""What is printed once for a station: the sheet of commands (screens: a scanner alone)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from core.verdict import Refused
from staff.http import Request
from staff.matrix import allow
from warehouse.printing.stations import command_sheet
from warehouse.selectors.prints import station_codes
from warehouse.services.papers.ask import face


@allow("print_papers")
def commands(request: Request) -> HttpResponse:
    """All commands and boxes as barcodes; without a font back to the page that says what to do."""
    try:
        data = command_sheet(station_codes(), face())
    except Refused as refusal:
        messages.error(request, refusal.verdict.reason)
        return redirect("prints")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="commands.pdf"'
    answer._csp_config = {"frame-ancestors": ["'none'"]}  # type: ignore[attr-defined]
    return answer
