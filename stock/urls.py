"""Addresses of the stock room."""

from django.urls import path

from stock.views import goods, goods_file, supply

IMPORT = "goods/imports/<uuid:import_id>"
S = "supplies/<int:supply_id>/"
urlpatterns = [
    path("goods/new", goods.add, name="new-sku"),
    path("goods/<int:sku_id>/save", goods.save, name="save-sku"),
    path("goods/export.<str:file_kind>", goods_file.goods_export, name="goods-export"),
    path("goods/imports", goods_file.goods_imports, name="goods-imports"),
    path(IMPORT, goods_file.goods_import, name="goods-import"),
    path(IMPORT + "/confirm", goods_file.goods_import_confirm, name="goods-import-confirm"),
    path(IMPORT + "/cancel", goods_file.goods_import_cancel, name="goods-import-cancel"),
    path(IMPORT + "/rejected", goods_file.goods_import_rejected, name="goods-import-rejected"),
    path("supplies", supply.supplies, name="supplies"),
    path("supplies/late", supply.supplies, {"which": "late"}, name="late-supplies"),
    path("supplies/new", supply.new, name="new-supply"),
    path("supplies/<int:supply_id>", supply.supply, name="supply"),
    path(S + "order", supply.order, name="order-supply"),
    path(S + "materials", supply.materials, name="confirm-materials"),
    path(S + "schedule", supply.schedule, name="schedule-supply"),
    path(S + "sample", supply.sample, name="check-sample"),
    path(S + "assemble", supply.assemble, name="assemble-supply"),
    path(S + "expected", supply.move, name="move-expected"),
    path(S + "quantity", supply.change, name="change-supply"),
    path(S + "receive", supply.receive, name="receive-supply"),
    path(S + "cancel", supply.cancel, name="cancel-supply"),
]
