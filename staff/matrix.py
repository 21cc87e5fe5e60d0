"""Which role may do which act: the one table that views, menus, buttons and a test read.

A view names its act with `@allow("…")` as the outermost decorator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from staff.roles import Role

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)

EVERYONE = frozenset(Role)
SERVICE = frozenset({Role.AGENT, Role.SENIOR, Role.AFTERSALES, Role.SUPERVISOR, Role.OWNER})
LEADS = frozenset({Role.SUPERVISOR, Role.OWNER})
SENIORS = LEADS | {Role.SENIOR}
BUYERS = LEADS | {Role.PURCHASING}
DOCK = BUYERS | {Role.WAREHOUSE}
MONEY = frozenset({Role.FINANCE, Role.OWNER})
WAREHOUSE = frozenset({Role.WAREHOUSE, Role.LOGISTICS})
OWNER = frozenset({Role.OWNER})
FLOOR = LEADS | {Role.WAREHOUSE, Role.LOGISTICS}

MATRIX: dict[str, frozenset[Role]] = {
    # everybody
    "home": EVERYONE,
    "search_orders": EVERYONE,
    "view_order": EVERYONE,
    "live": EVERYONE,
    "notices": EVERYONE,
    "save_view": EVERYONE,
    "note": EVERYONE,
    "follow_up": EVERYONE,
    # personal data
    "reveal": EVERYONE - {Role.PURCHASING},
    # customer service
    "register_order": SERVICE,
    "modify_receiving": SERVICE,
    "modify_delivery": SERVICE | {Role.LOGISTICS},
    "modify_products": SERVICE,
    "confirm_lines": SERVICE,
    "settle_difference": SERVICE,
    "tie_top_up": SERVICE | MONEY,
    "untie_top_up": SERVICE | MONEY,
    "close_order": SERVICE,
    "reopen_order": SERVICE,
    "attach_account": SERVICE,
    "hold": SERVICE | MONEY,
    "lift_hold": SERVICE | MONEY | {Role.PURCHASING},
    "split_order": SERVICE,
    "merge_orders": SERVICE,
    "unmerge_orders": SERVICE,
    "finish_hand_task": SERVICE,
    "reopen_hand_task": SERVICE,
    "view_review": SERVICE | MONEY,
    "pass_review": SERVICE | MONEY,
    "claim": SERVICE | MONEY,
    "ask_buyer": SERVICE,
    "contact": SERVICE,
    "guide_contact": SERVICE,
    "keep_lists": LEADS,
    "upload_files": SERVICE | {Role.LOGISTICS},
    "release": SERVICE,
    "expedite": SERVICE,
    "unexpedite": SERVICE,
    "agree_ship_by": SERVICE,
    "take_back": SERVICE,
    "ask_stop": SERVICE,
    "withdraw_stop": SERVICE,
    "ask_carrier": SERVICE | {Role.LOGISTICS},
    # refunds
    "request_refund": SERVICE,
    "view_refund": SERVICE | MONEY,
    "match_application": SERVICE,
    "withdraw_refund": SERVICE,
    "ship_instead": SERVICE,
    "resubmit_refund": SERVICE,
    "add_evidence": SERVICE | MONEY,
    "import_refunds": SENIORS | {Role.AFTERSALES},
    "approve_refund": LEADS | MONEY,
    "reject_refund": LEADS | MONEY,
    "return_refund": LEADS | MONEY,
    "undo_approval": LEADS | MONEY,
    "assign_refund": LEADS,
    "save_refund_limits": OWNER,
    "send_again": MONEY,
    "pay_by_hand": MONEY,
    "give_up_refund": MONEY,
    "enter_payee": SERVICE | MONEY,
    "export_transfers": MONEY,
    "request_payout": SERVICE,
    "approve_payout": LEADS | MONEY,
    "reject_payout": LEADS | MONEY,
    "enter_payout": MONEY,
    "confirm_payout": MONEY,
    "enter_transfer": MONEY,
    "confirm_transfer": MONEY,
    "view_differences": MONEY,
    "close_difference": MONEY,
    "reopen_difference": MONEY,
    "bring_bill": MONEY,
    "compare_bill": MONEY,
    "finish_there": LEADS | MONEY,
    # after-sales
    "view_case": SERVICE | WAREHOUSE | MONEY,
    "open_case": SERVICE,
    "overrule_case": SENIORS,
    "take_case": SERVICE,
    "hand_over_case": SERVICE,
    "ask_customer": SERVICE,
    "record_answer": SERVICE,
    "add_case_evidence": SERVICE,
    "change_reason": SERVICE,
    "refuse_case": SERVICE,
    "answer_case": SERVICE,
    "record_feedback": SERVICE,
    "ask_evidence": SERVICE,
    "request_partial": SERVICE,
    "resubmit_partial": SERVICE,
    "diagnose_repair": SENIORS | {Role.AFTERSALES},
    "quote_repair": SERVICE,
    "answer_quote": SERVICE,
    "take_repair_fee": SERVICE,
    "begin_repair": SENIORS | {Role.AFTERSALES},
    "finish_repair": SENIORS | {Role.AFTERSALES},
    "fail_repair": SENIORS | {Role.AFTERSALES},
    "withdraw_case": SERVICE,
    "note_waybill": SERVICE,
    "print_return_slip": SERVICE | WAREHOUSE,
    "count_arrival": WAREHOUSE | LEADS | {Role.AFTERSALES},
    "inspect_goods": SENIORS | {Role.AFTERSALES},
    "agree_difference": SERVICE,
    "refund_case": SERVICE,
    "resend_exchange": SERVICE,
    "resend_early": SENIORS,
    "finish_exchange": SERVICE,
    "end_unreturned": SENIORS | {Role.AFTERSALES},
    "send_back": SENIORS | {Role.AFTERSALES},
    "record_sent": WAREHOUSE | LEADS | {Role.AFTERSALES},
    "record_decision": SERVICE,
    "owe_freight": SERVICE,
    "swap_order": SERVICE,
    "swap_stopped": SERVICE,
    "tie_new_order": SERVICE,
    "give_up_swap": SERVICE,
    "finish_swap": SERVICE,
    "turn_to_carrier": SERVICE,
    "release_again": SERVICE,
    "give_up_modification": SERVICE,
    "contact_buyer": SERVICE,
    "redeliver": SERVICE,
    "redirect_parcel": SERVICE,
    "let_return": SERVICE,
    "end_returned": SENIORS | {Role.AFTERSALES},
    "resend_goods": SERVICE,
    "ask_about_parcel": SERVICE,
    "view_claims": SERVICE | MONEY | {Role.LOGISTICS},
    "use_macro": SERVICE,
    "save_macro": SENIORS,
    "view_articles": SERVICE,
    "send_article": SERVICE,
    "write_article": SENIORS,
    "withdraw_article": SENIORS,
    "register_unowned": WAREHOUSE | LEADS | {Role.AFTERSALES},
    "correct_unowned": SERVICE | WAREHOUSE,
    "tie_unowned": SERVICE,
    "return_to_sender": SENIORS | {Role.AFTERSALES},
    "dispose_unowned": SENIORS | {Role.AFTERSALES},
    "claim_carrier": SERVICE,
    "claim_paid": SERVICE | MONEY,
    "claim_refused": SERVICE | MONEY,
    "correct_claim": SERVICE | MONEY,
    # policy: one proposes, another puts it in force
    "view_policies": SERVICE | WAREHOUSE | MONEY,
    "propose_policy": OWNER,
    "propose_sentence": LEADS,
    "put_in_force": LEADS,
    "reject_change": LEADS,
    "withdraw_change": LEADS,
    # warehouse
    "view_intercepts": SERVICE | WAREHOUSE,
    "confirm_stop": WAREHOUSE | LEADS,
    "too_late": WAREHOUSE | LEADS,
    "hand_over": WAREHOUSE | LEADS,
    "send_freight": WAREHOUSE | LEADS,
    "hand_out": WAREHOUSE | LEADS,
    "view_pickups": SERVICE | WAREHOUSE,
    "tell_pickup_code": SERVICE,
    "view_nobody": SERVICE | WAREHOUSE | {Role.PURCHASING},
    # unpaid
    "view_unpaid": SERVICE,
    "remind_now": SERVICE,
    "stop_reminding": SERVICE,
    "resume_reminding": SERVICE,
    "tick_told": SERVICE,
    # on the way
    "receive_order": SERVICE | {Role.LOGISTICS, Role.WAREHOUSE},
    "correct_waybill": SERVICE | {Role.LOGISTICS, Role.WAREHOUSE},
    "retry_dispatch": SERVICE | {Role.LOGISTICS, Role.WAREHOUSE},
    "finish_dispatch": SERVICE | {Role.LOGISTICS, Role.WAREHOUSE},
    "answer_carrier": SERVICE | {Role.LOGISTICS},
    "claim_trouble": SERVICE | {Role.LOGISTICS},
    "settle_trouble": SERVICE | {Role.LOGISTICS},
    "save_carriers": frozenset({Role.OWNER, Role.LOGISTICS}),
    "bulk": EVERYONE,  # each act asks for its own right, too
    "mark_paid": LEADS | MONEY,
    "reverse_payment": MONEY,
    # the floor
    "view_warehouse": FLOOR | {Role.PURCHASING},
    "make_wave": FLOOR,
    "begin_wave": FLOOR,
    "scan": FLOOR,
    "look_for_short": FLOOR,
    "switch_operator": FLOOR,
    "save_packing": OWNER,
    # goods
    "view_goods": EVERYONE,
    "add_sku": BUYERS,
    "save_sku": BUYERS,
    "import_goods": BUYERS,
    "export_goods": BUYERS | MONEY,
    # short goods
    "view_supplies": DOCK | SENIORS | {Role.AFTERSALES, Role.LOGISTICS},
    "draft_supply": BUYERS,
    "change_supply": BUYERS,
    "order_supply": BUYERS,
    "confirm_materials": BUYERS,
    "schedule_supply": BUYERS,
    "check_sample": BUYERS,
    "assemble_supply": BUYERS,
    "move_expected": BUYERS,
    "receive_supply": DOCK,
    "cancel_supply": BUYERS,
    # stock-takes
    "view_takes": DOCK,
    "begin_take": DOCK,
    "count_stock": DOCK,
    "accept_count": BUYERS,
    "recount_stock": BUYERS,
    "finish_take": BUYERS,
    "cancel_take": BUYERS,
    # in and out
    "import_orders": SENIORS | MONEY,
    "map_columns": SENIORS,
    "export_orders": LEADS | MONEY,
    "share_view": SENIORS,
    # stock
    "receive_goods": DOCK,
    "adjust_stock": LEADS,
    # owner
    "manage_staff": OWNER,
    "manage_shops": OWNER,
    "manage_calendar": OWNER,
    "view_troubles": SENIORS,
    "save_account": OWNER,
    "try_account": OWNER,
    "manage_api": OWNER,
    "view_reveal_log": LEADS,
    # the warehouse's papers
    "print_papers": FLOOR,
    "assign_waybill": FLOOR,
    "replace_waybill": FLOOR,
    "import_waybills": OWNER | {Role.LOGISTICS},
    # messages that did not arrive
    "view_messages": LEADS,
    "retry_message": LEADS,
    "give_up_message": LEADS,
}


def may(user: Any, act: str) -> bool:
    """May this person do this act? KeyError for an act that stands in no row of the matrix."""
    return user.is_authenticated and user.is_active and role_may(user.role, act)


def role_may(role: str, act: str) -> bool:
    """The same for whoever has this role. KeyError for an act that stands in no row."""
    return role in MATRIX[act]


def allow(
    act: str,
) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[Concatenate[Any, P], R]]:
    """Let only the roles of `act` into a view; everybody else gets the 403 page."""
    roles: Iterable[Role] = MATRIX[act]

    def decorate(
        view: Callable[Concatenate[Any, P], R],
    ) -> Callable[Concatenate[Any, P], R]:
        def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not may(request.user, act):
                raise PermissionDenied(act)
            return view(request, *args, **kwargs)

        update_wrapper(guarded, view)
        guarded.act = act  # type: ignore[attr-defined]
        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return decorate
