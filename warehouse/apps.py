from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "warehouse"
    verbose_name = "仓库"

    def ready(self) -> None:
        from django.core.checks import register as check

        from core.sentences import register
        from warehouse.checks import font_is_there
        from warehouse.sentences import SENTENCES

        register(SENTENCES)
        check(font_is_there)
