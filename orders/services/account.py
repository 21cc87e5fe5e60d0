"""Set a shop's account with an outside system, and try it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from core.acts import Actor, Change, act_on
from core.messages import send
from core.sealed import seal
from orders.accounts import ACCOUNTS, SystemKind, merged
from orders.models import Shop, ShopAccount
from orders.selectors.account import readable


def save_account(
    shop: Shop,
    system: str,
    typed: Mapping[str, str],
    *,
    active: bool = True,
    by: Actor,
    now: datetime,
) -> ShopAccount:
    """Keep the credentials, sealed; a secret left empty stays. The act names what changed."""
    kind = ACCOUNTS[system]
    rows: list[Shop] = [shop]
    with act_on("save_account", rows, by=by, now=now) as (_, log):
        account = ShopAccount.objects.filter(shop=shop, system=system).first()
        account = account or ShopAccount(shop=shop, system=system)
        old = readable(account)
        new = merged(old, typed, kind)
        changes = _changes(kind, old, new)
        if account.pk and account.active != active:
            changes.append(Change("启用", _yes(account.active), _yes(active)))
        account.active = active
        account.sealed = seal(json.dumps(new, ensure_ascii=False))
        account.save()
        log.changed(changes)
        log.noted(f"店铺 {shop.code} 的{kind.label}账号")
        log.about(account)
    return account


def _changes(kind: SystemKind, old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Which values changed; of a secret only that it did."""
    return [
        Change(field.label, *_said(field.secret, old.get(field.name, ""), new[field.name]))
        for field in kind.fields
        if old.get(field.name, "") != new[field.name]
    ]


def _said(secret: bool, old: str, new: str) -> tuple[str, str]:
    if secret:
        return ("已设置" if old else "未设置"), "换了新的"
    return old[:60] or "—", new[:60] or "—"


def _yes(value: bool) -> str:
    return "是" if value else "否"


def try_account(account: ShopAccount, *, by: Actor, now: datetime) -> None:
    """Ask the system whether the account works: by a message, whose answer is a notice."""
    rows: list[ShopAccount] = [account]
    with act_on("try_account", rows, by=by, now=now) as (_, log):
        log.noted(f"试连 {ACCOUNTS[account.system].label}")
        send(
            "connector.test",
            f"test:{account.pk}:{uuid.uuid4().hex[:12]}",
            {"account": account.pk, "user": by.user_id},
            now=now,
        )
