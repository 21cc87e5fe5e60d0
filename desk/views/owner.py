"""The owner's screens: people, shops, the reveal log."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor
from core.keyset import page
from desk.forms import PersonForm, ShopForm
from orders.models import Shop
from orders.selectors.account import accounts_of
from orders.selectors.shop import shop_changes
from orders.services.shop import save_shop
from orders.verbs import VERBS
from staff.http import Request
from staff.matrix import MATRIX, allow
from staff.models import Reveal, User
from staff.roles import Role
from staff.services.badges import give_badge
from staff.services.people import save_person
from stock.verbs import VERBS as STOCK_VERBS

# What is said of the acts that a role may do; what everybody may (home, notices) is left out.
ACTS = VERBS | {
    **STOCK_VERBS,
    "view_takes": "看盘点",
    "search_orders": "查订单",
    "view_unpaid": "看未付款的订单",
    "share_view": "共享视图",
    "map_columns": "对应导入的列",
    "manage_staff": "管理员工",
    "manage_shops": "管理店铺",
    "manage_api": "管理接口",
    "upload_files": "批量发货",
    "manage_calendar": "管理工作日历",
    "view_reveal_log": "看隐私记录",
    "view_messages": "看消息收发",
    "view_troubles": "看外部系统通不通",
    "view_warehouse": "看仓库",
    "scan": "在台上扫描",
    "switch_operator": "扫工牌换人",
}


def shop_choices() -> list[tuple[str, str]]:
    return list(Shop.objects.values_list("code", "name"))


@allow("manage_staff")
def people(request: Request) -> HttpResponse:
    """All colleagues, and what each role may do."""
    acts = {
        role: [ACTS[act] for act, roles in MATRIX.items() if role in roles and act in ACTS]
        for role in Role
    }
    users = User.objects.order_by("-is_active", "username")
    return render(request, "staff/people.html", {"users": users, "acts": acts})


@allow("manage_staff")
def person(request: Request, user_id: int | None = None) -> HttpResponse:
    """Make a colleague, or change one: name, role, shops, password, leaving."""
    user = get_object_or_404(User, pk=user_id) if user_id else None
    form = PersonForm(request.POST or None, instance=user, shops=shop_choices())
    if request.method == "POST" and form.is_valid():
        if _locks_out(request, user, form):
            form.add_error("role", "不能停用自己，也不能去掉自己的负责人角色：会没有人能管理员工。")
        else:
            saved = save_person(form.save(commit=False))
            give_badge(saved, form.cleaned_data["badge"], form.cleaned_data["pin"])
            messages.success(request, f"{saved.display_name} 的资料已保存。")
            return redirect("people")
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/person.html", {"form": form, "person": user}, status=status)


def _locks_out(request: Request, user: User | None, form: PersonForm) -> bool:
    if user is None or user.pk != request.user.pk:
        return False
    return form.cleaned_data["role"] != Role.OWNER or not form.cleaned_data["is_active"]


@allow("view_reveal_log")
def reveal_log(request: Request) -> HttpResponse:
    """Who saw whose personal data, when and why, newest first."""
    rows = Reveal.objects.select_related("user")
    who = request.GET.get("user", "").replace("\0", "")
    if who:
        rows = rows.filter(user__username=who)
    found = page(rows, ("-at", "-id"), request.GET.get("page", ""), size=50)
    base = f"?{urlencode({'user': who} if who else {})}"
    return render(request, "staff/reveal_log.html", {"page": found, "who": who, "base": base})


@allow("manage_shops")
def shops(request: Request) -> HttpResponse:
    return render(request, "desk/shops.html", {"shops": Shop.objects.all()})


@allow("manage_shops")
def shop(request: Request, code: str = "") -> HttpResponse:
    """Make a shop, or change its settings."""
    row = get_object_or_404(Shop, code=code) if code else None
    form = ShopForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        save_shop(form.save(commit=False), by=Actor.person(request.user), now=timezone.now())
        messages.success(request, "店铺设置已保存。")
        return redirect("shops")
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "shop": row,
        "accounts": accounts_of(row) if row else [],
        "changes": shop_changes(row) if row else [],
    }
    return render(request, "desk/shop.html", context, status=status)
