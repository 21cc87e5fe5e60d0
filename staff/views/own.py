"""Sign-in and what belongs to oneself: password, shortcuts, notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.keyset import page
from staff.forms import SignInForm
from staff.http import Request
from staff.matrix import allow
from staff.models import User
from staff.selectors import notices_of
from staff.services.people import switch_shortcuts
from staff.services.tell import read_all


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """The sign-in page (SOP 1.6.a); the demo's lists the demo users (screens 35)."""

    template_name = "staff/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        users = User.objects.filter(is_active=True).order_by("id")[:30] if settings.DEMO else []
        return super().get_context_data(demo_users=users, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The session ends a shift after the sign-in, whatever is done with it meanwhile."""
        answer = super().form_valid(form)
        end = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        self.request.session.set_expiry(end)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PasswordChange(PasswordChangeView):
    """One's own password; other sessions of the person end."""

    template_name = "staff/password.html"
    success_url = reverse_lazy("home")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = never_cache(SignIn.as_view())
password_change = PasswordChange.as_view()


@require_POST
def shortcuts(request: Request) -> HttpResponse:
    """Switch single-key shortcuts on or off."""
    switch_shortcuts(request.user)
    return redirect(safe_next(request))


def safe_next(request: HttpRequest) -> str:
    """Where a form wants to go back to, if it is on this site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return "/"


@allow("notices")
def notices(request: Request) -> HttpResponse:
    """What one was told, newest first; seeing the page reads it (POST marks them)."""
    rows = page(notices_of(request.user), ("-at", "-id"), request.GET.get("page", ""))
    if request.method == "POST":
        read_all(request.user, rows.rows)
        return redirect("notices")
    read = _read(request.user, rows.rows)
    return render(request, "staff/notices.html", {"page": rows, "read": read})


def _read(user: User, notices: list[Any]) -> set[int]:
    through = notices_of(user).model.read_by.through
    rows = through.objects.filter(user=user, notice__in=[n.pk for n in notices])
    return set(rows.values_list("notice_id", flat=True))
