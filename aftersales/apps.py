from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    name = "aftersales"
    verbose_name = "售后"

    def ready(self) -> None:
        from aftersales.sentences import SENTENCES
        from core.sentences import register

        register(SENTENCES)
