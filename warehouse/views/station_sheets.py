"""Sheets that nobody counts: commands, badges, what a carrier is about to take."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from core.verdict import Refused
from staff.http import Request
from staff.matrix import allow
from warehouse.printing.draw import draw
from warehouse.printing.fonts import Face
from warehouse.printing.sheets import Badge
from warehouse.printing.stations import badges, command_sheet
from warehouse.selectors.leaving import waiting_lines
from warehouse.selectors.papers import hand_over_sheet
from warehouse.selectors.prints import badge_holders, station_codes
from warehouse.services.papers.ask import face
from warehouse.words import Paper

MOST = 1000


@allow("print_papers")
def commands(request: Request) -> HttpResponse:
    """All commands and boxes as barcodes (screens: a scanner alone)."""
    return _pdf(request, "commands", lambda font: command_sheet(station_codes(), font))


@allow("manage_staff")
def badge_sheet(request: Request) -> HttpResponse:
    """The badges of everybody who has one; the PIN stands on none."""
    cards = [
        Badge(f"U:{each.code}", each.user.display_name, each.user.get_role_display())
        for each in badge_holders()
    ]
    return _pdf(request, "badges", lambda font: badges(cards, font))


@allow("print_papers")
def waiting_list(request: Request) -> HttpResponse:
    """What a carrier is about to take, to be counted and signed (SOP 2.g)."""
    carrier, now = request.GET.get("carrier", "").replace("\0", "")[:64], timezone.now()
    parcels = waiting_lines(request.user, carrier)[:MOST]
    number = f"{timezone.localtime(now):%m%d-%H%M}"
    sheet = hand_over_sheet(number, carrier, parcels, 1, now)
    return _pdf(request, "hand-over", lambda font: draw(Paper.HAND_OVER, [sheet], font))


def _pdf(request: Request, name: str, make: Callable[[Face], bytes]) -> HttpResponse:
    """The PDF; without a font back to the page that says what to install."""
    try:
        data = make(face())
    except Refused as refusal:
        messages.error(request, refusal.verdict.reason)
        return redirect("prints")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store, private"
    answer._csp_config = {"frame-ancestors": ["'none'"]}  # type: ignore[attr-defined]
    return answer
