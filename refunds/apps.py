from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = "退款"

    def ready(self) -> None:
        from core.sentences import register
        from refunds.sentences import SENTENCES

        register(SENTENCES)
