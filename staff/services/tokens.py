"""Tokens of the intake API: made and revoked by the owner, shown once (SOP 5.a)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.acts import Actor, act, act_on
from core.verdict import no
from staff.models import ApiToken
from staff.roles import Scope
from staff.selectors import MARK, PREFIX, token_digest

SEEN_EVERY = timedelta(minutes=1)  # how exactly “last used” is kept


def make_token(
    name: str,
    shop_code: str,
    scopes: Sequence[Scope],
    expires_at: datetime,
    *,
    by: Actor,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token for a shop; its text is given back this once and kept nowhere."""
    text = MARK + secrets.token_hex(4) + "_" + secrets.token_urlsafe(32)
    rows: list[ApiToken] = []
    with act_on("make_token", rows, by=by, now=now) as (_, log):
        token = ApiToken.objects.create(
            name=name,
            shop_code=shop_code,
            prefix=text[:PREFIX],
            digest=token_digest(text),
            scopes=[scope.value for scope in scopes],
            expires_at=expires_at,
            made_at=now,
        )
        log.about(token)
        log.noted(f"新建令牌 {token.prefix}…（{name}）：{token.scope_labels}")
    return token, text


def revoke_token(token: ApiToken, why: str, *, by: Actor, now: datetime) -> ApiToken:
    """Make a token worthless for good. Raises Refused when it is already."""
    with act("revoke_token", token, by=by, now=now) as (token, log):
        if token.revoked_at is not None:
            no("5.a", "这个令牌已经作废了。").require()
        token.revoked_at = now
        log.noted(f"作废令牌 {token.prefix}…（{token.name}）", reason=why)
    return token


def token_used(token: ApiToken, now: datetime) -> None:
    """Keep when a token was used last, to the minute: not a write for every request."""
    if token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
