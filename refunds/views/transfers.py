"""The file of transfers for the bank."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from core.acts import Actor
from refunds.selectors.queue import to_transfer
from refunds.services.transfers import export_transfers
from staff.http import Request
from staff.matrix import allow


@allow("export_transfers")
def transfers(request: Request) -> HttpResponse:
    """What finance has to transfer, as CSV; kept nowhere."""
    if request.method != "POST":
        return redirect("refunds")
    now = timezone.now()
    data = export_transfers(to_transfer(request.user), by=Actor.person(request.user), now=now)
    answer = HttpResponse(data, content_type="text/csv")
    name = quote(f"要转账的退款-{timezone.localtime(now):%Y%m%d-%H%M}.csv")
    answer["Content-Disposition"] = f"attachment; filename*=utf-8''{name}"
    answer["Cache-Control"] = "no-store, private"
    return answer
