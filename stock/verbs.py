"""The acts of the stock room by the name users know (SOP §8)."""

VERBS: dict[str, str] = {
    "add_sku": "新建商品",
    "save_sku": "改商品资料",
    "import_goods": "导入商品",
    "export_goods": "导出商品",
    "view_supplies": "看采购和生产",
    "draft_supply": "建采购或生产单",
    "change_supply": "改采购数量",
    "order_supply": "采购下单",
    "confirm_materials": "确认物料",
    "schedule_supply": "排产",
    "check_sample": "检查样品",
    "assemble_supply": "完工",
    "move_expected": "改预计到货",
    "receive_supply": "到货登记",
    "cancel_supply": "取消没到的",
}
