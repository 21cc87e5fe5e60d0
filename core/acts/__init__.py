"""Acts: everything that changes business data goes through here (architecture §3).

    with act("modify_receiving", order, by=by, seen=seen, token=token) as (order, log):
        policy.may_modify(order.facts(), Group.RECEIVING).require()
        log.changed(order.receive_at(new))

The rows given are locked in one fixed order and re-read; what changed on them is saved at the
end, together with the `Act` row that is the timeline. History rows carry the act's id.

A model says what belongs to locking it: `lock_rank` (its place in the order), `lock_first` (the
row above it, which is locked before it by the same statement) and `read_with` (read along).
"""

from __future__ import annotations

from core.acts.doing import act, act_on
from core.acts.history import History
from core.acts.locking import lock, lock_all, lock_found, lock_one
from core.acts.running import acting, current_act, together
from core.acts.saving import flush
from core.acts.telling import TIMER, Actor, Change, Conflict, Log, Repeated

__all__ = [
    "TIMER",
    "Actor",
    "Change",
    "Conflict",
    "History",
    "Log",
    "Repeated",
    "act",
    "act_on",
    "acting",
    "current_act",
    "flush",
    "lock",
    "lock_all",
    "lock_found",
    "lock_one",
    "together",
]
