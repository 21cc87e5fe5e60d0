"""Addresses of the desk."""

from django.urls import path

from desk.views import api_access, contact, home, messages, nobody, order, owner, search, stock

urlpatterns = [
    path("", home.home, name="home"),
    path("live", home.live, name="live"),
    path("orders", search.results, name="search"),
    path("orders/recent", search.recent, name="recent-orders"),
    path("contact", contact.new_contact, name="new-contact"),
    path("contact/<str:order_no>", contact.contact_order, name="contact-order"),
    path("views", search.view_save, name="view-save"),
    path("views/<int:view_id>/delete", search.view_delete, name="view-delete"),
    path("orders/<str:order_no>", order.order, name="order"),
    path("orders/<str:order_no>/reveal", order.show_personal, name="reveal"),
    path("nobody", nobody.nobody, name="nobody"),
    path("goods", stock.goods, name="goods"),
    path("goods/<int:sku_id>", stock.sku, name="sku"),
    path("stock/receive", stock.receive, name="receive-goods"),
    path("stock/<int:sku_id>/adjust", stock.adjust, name="adjust-stock"),
    path("messages", messages.failed, name="messages"),
    path("messages/retry", messages.retry_shown, name="messages-retry"),
    path("messages/<str:box>/<int:message_id>", messages.message, name="message"),
    path("messages/<str:box>/<int:message_id>/retry", messages.retry, name="message-retry"),
    path("messages/<str:box>/<int:message_id>/give-up", messages.give_up, name="message-give-up"),
    path("people", owner.people, name="people"),
    path("people/new", owner.person, name="person-new"),
    path("people/<int:user_id>", owner.person, name="person"),
    path("reveal-log", owner.reveal_log, name="reveal-log"),
    path("shops", owner.shops, name="shops"),
    path("shops/new", owner.shop, name="shop-new"),
    path("shops/<str:code>", owner.shop, name="shop"),
    path("shops/<str:code>/api", api_access.access, name="api-access"),
    path("shops/<str:code>/api/<int:token_id>/revoke", api_access.revoke, name="token-revoke"),
    path("shops/<str:code>/webhooks/new", api_access.webhook, name="webhook-new"),
    path("shops/<str:code>/webhooks/<int:hook_id>", api_access.webhook, name="webhook"),
    path("shops/<str:code>/webhooks/<int:hook_id>/ping", api_access.test, name="webhook-ping"),
    path(
        "shops/<str:code>/webhooks/<int:hook_id>/secret", api_access.secret, name="webhook-secret"
    ),
    path(
        "shops/<str:code>/webhooks/<int:hook_id>/again/<int:delivery_id>",
        api_access.again,
        name="webhook-again",
    ),
]
