"""Who asks: the token, its scope, its shop, and how often it asks. No cookie, no session."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import Throttled
from ninja.security import HttpBearer

from core.acts import Actor
from orders.api.problems import Failed
from orders.models import Shop
from staff.models import ApiToken
from staff.roles import Scope
from staff.selectors import token_of
from staff.services.tokens import token_used

logger = logging.getLogger(__name__)

PERIOD = 60  # seconds
ASK = {"WWW-Authenticate": 'Bearer realm="gendan"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """The token that asks and its shop: it sees nothing of the others."""

    token: ApiToken
    shop: Shop

    @property
    def actor(self) -> Actor:
        return Actor("platform", f"接口 {self.token.name}")

    def may(self, scope: Scope) -> bool:
        return scope.value in self.token.scopes

    def need(self, scope: Scope) -> None:
        """Raises Failed (403)."""
        if not self.may(scope):
            said = f"这个令牌没有“{scope.label}”的权限（{scope.value}），请负责人另建一个。"
            raise Failed(403, "scope_missing", said)


class Bearer(HttpBearer):
    """`Authorization: Bearer gdn_…` with the scope that an operation needs."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Raises Failed (401, 403), Throttled."""
        known = token_of(token)
        now = timezone.now()
        if known is None:
            raise Failed(401, "token_unknown", "没有这个令牌。", headers=ASK)
        if known.revoked_at is not None:
            raise Failed(401, "token_revoked", "这个令牌已经作废。", headers=ASK)
        if known.expires_at <= now:
            raise Failed(401, "token_expired", "这个令牌已经过期。", headers=ASK)
        _limit(known)
        shop = Shop.objects.filter(code=known.shop_code, active=True).first()
        if shop is None:
            raise Failed(403, "shop_inactive", "这个令牌的店铺已经停用。")
        caller = Caller(known, shop)
        caller.need(self.scope)
        token_used(known, now)
        return caller


def _limit(token: ApiToken) -> None:
    """So many requests a minute; counted in the cache that all processes share. Raises Throttled.

    ninja's own throttles keep the request's history on an object that all threads share, so two
    tokens at once mix their counts.
    """
    now = time.time()
    key = f"api:{token.pk}:{int(now // PERIOD)}"
    try:
        cache.add(key, 0, 2 * PERIOD)
        count = cache.incr(key)
    except ValueError:  # it ended between the two
        return
    except Exception:
        logger.warning("no cache to count requests in: nobody is limited")
        return
    if count > settings.API_REQUESTS_PER_MINUTE:
        raise Throttled(int(PERIOD - now % PERIOD) + 1)
