"""The door for scanners: each scan is one POST with its own key, and one row (SOP 2.e).

The same key again gets the first one's answer; of two at once one is done. What a scan changes
and its row are one transaction, so nothing is counted without an answer that can be asked again.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from core.acts import together
from core.verdict import Refused, no
from warehouse import codes
from warehouse.models import Scan
from warehouse.selectors.parcels import seen_by
from warehouse.services.benches import BENCHES
from warehouse.services.scanned import Scanned, Told
from warehouse.services.steps import Barred
from warehouse.words import Outcome

LONGEST_ANSWER = 200


def scan(scanned: Scanned) -> Scan:
    """Do what the scan asks for, once; a refusal is an answer, too."""
    try:
        with together():
            return _keep(scanned, BENCHES[scanned.station](scanned))
    except Refused as refusal:
        told = _refused(scanned, refusal)
    except IntegrityError:
        told = _refused(
            scanned, Refused(no("2.e", "别的台刚刚做了同一件事", instead="重新扫一次看看。"))
        )
    return _keep_once(scanned, told)


def _refused(scanned: Scanned, refusal: Refused) -> Told:
    verdict = refusal.verdict
    stop = isinstance(refusal, Barred)
    named = stop and scanned.code.kind is codes.Kind.PARCEL
    parcel = seen_by(scanned.user, scanned.code.value if named else scanned.in_hand)
    outcome = Outcome.STOP if stop else Outcome.WRONG
    return Told(parcel, verdict.reason, verdict.instead, outcome)


def _keep_once(scanned: Scanned, told: Told) -> Scan:
    """Keep a refusal; where the same scan was answered meanwhile, that answer counts."""
    try:
        with transaction.atomic():
            return _keep(scanned, told)
    except IntegrityError:
        known = Scan.objects.select_related("parcel").get(token=scanned.token)
        known.parcel = known.parcel and seen_by(scanned.user, known.parcel.number)
        return known


def _keep(scanned: Scanned, told: Told) -> Scan:
    return Scan.objects.create(
        token=scanned.token,
        station=scanned.station.value,
        parcel=told.parcel,
        code=scanned.code.text,
        outcome=told.outcome.value,
        answer=f"{told.text}\n{told.hint}"[:LONGEST_ANSWER],
        by=scanned.user,
        at=scanned.now,
    )
