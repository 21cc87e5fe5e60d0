from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "warehouse"
    verbose_name = "仓库"

    def ready(self) -> None:
        from core.sentences import register
        from warehouse.sentences import SENTENCES

        register(SENTENCES)
