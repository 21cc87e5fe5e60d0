from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "订单"

    def ready(self) -> None:
        from core.sentences import register
        from orders.sentences import SENTENCES

        register(SENTENCES)
