"""What agents tell customers about parcels, as delivered; owners can reword each per shop."""

from __future__ import annotations

from core.sentences import Default

_PARCEL = ("carrier", "waybill")

SENTENCES: dict[str, Default] = {
    # Where it is now.
    "way.moving": Default(
        "在路上",
        "亲，您的包裹（{carrier} {waybill}）{where}，最近一次更新是 {at}，请留意查收。",
        (*_PARCEL, "where", "at"),
    ),
    "way.locker": Default(
        "待取件",
        "亲，您的包裹（{carrier} {waybill}）已经到了，请凭取件码尽快取走，过了保管期会退回。",
        _PARCEL,
    ),
    "way.quiet": Default(
        "久无轨迹",
        "亲，您的包裹（{carrier} {waybill}）物流有一阵没更新了，我马上请快递核实，有结果告诉您。",
        _PARCEL,
    ),
    "way.address": Default(
        "地址不清",
        "亲，快递说您的地址或电话不清楚，包裹（{carrier} {waybill}）送不到，麻烦您核对一下完整的"
        "地址和电话。",
        _PARCEL,
    ),
    "way.unreached": Default(
        "联系不上买家",
        "亲，快递送您的包裹（{carrier} {waybill}）时联系不上您，请保持电话畅通，我们请快递再送。",
        _PARCEL,
    ),
    "way.problem": Default(
        "派送异常",
        "亲，您的包裹（{carrier} {waybill}）派送遇到问题，我们正在请快递处理，有结果马上告诉您。",
        _PARCEL,
    ),
    "way.refused": Default(
        "买家拒收",
        "亲，快递说您的包裹（{carrier} {waybill}）拒收了，请问是什么原因？要的话我们请快递再送。",
        _PARCEL,
    ),
    "way.returning": Default(
        "快递退回",
        "亲，您的包裹（{carrier} {waybill}）快递正在退回，还要的话请马上告诉我们，我们请快递再送。",
        _PARCEL,
    ),
    "way.returned": Default(
        "已退回",
        "亲，您的包裹（{carrier} {waybill}）已经退回我们这里，您看是补发还是退款？",
        _PARCEL,
    ),
    "waybill.corrected": Default(
        "运单号更正了",
        "亲，您的包裹运单号更正为 {waybill}（{carrier}），请按这个单号查物流。",
        ("carrier", "waybill"),
    ),
    "enquiry.where": Default(
        "联系快递：查件", "亲，已经请{carrier}查您的包裹到哪里了，有答复马上告诉您。", ("carrier",)
    ),
    "enquiry.urge": Default(
        "联系快递：催件", "亲，已经帮您催{carrier}尽快派送了，有消息马上告诉您。", ("carrier",)
    ),
    "enquiry.address": Default(
        "联系快递：改地址或电话",
        "亲，您的订单已经发出，我们请{carrier}帮您改派了，快递确认后告诉您；没改成的话，请留意原来"
        "的地址和电话。",
        ("carrier",),
    ),
    "enquiry.call_back": Default(
        "联系快递：追回",
        "亲，您的订单已经发出，我们请{carrier}帮您追回了，追回后再帮您处理；追不回的话，麻烦您"
        "拒收，或收到后按退换货处理。",
        ("carrier",),
    ),
    "enquiry.lost": Default(
        "联系快递：疑似丢件",
        "亲，您的包裹很久没有动静，已经请{carrier}核实，确认丢了我们会补发或退款给您，请放心。",
        ("carrier",),
    ),
    "enquiry.proof": Default(
        "联系快递：签收底单",
        "亲，物流显示已经签收，您说没有收到，我们请{carrier}调签收底单核实，有结果马上告诉您。",
        ("carrier",),
    ),
    "enquiry.answered.done": Default(
        "快递答复：办到了", "亲，快递答复了，您要的{what}已经办好：{answer}", ("what", "answer")
    ),
    "enquiry.answered.refused": Default(
        "快递答复：办不了",
        "亲，很抱歉，快递答复{what}办不了：{answer}。我再看看怎么帮您处理。",
        ("what", "answer"),
    ),
    "trouble.will_take": Default(
        "异常件：会收", "亲，已经请快递再给您派送了，请保持电话畅通，谢谢。"
    ),
    "trouble.redirect": Default("异常件：改派", "亲，已经请快递按新的信息重新派送了，请留意查收。"),
    "trouble.message_left": Default(
        "异常件：留言",
        "亲，您的包裹快递送不到，给您打电话没有联系上。包裹还在派送网点，过几天就会退回，请您看到后"
        "尽快联系我们。",
    ),
    "trouble.comes_back": Default(
        "异常件：等退回", "亲，您的包裹正在退回仓库，收到后我们马上帮您处理。"
    ),
    "trouble.lost": Default(
        "异常件：丢件", "亲，非常抱歉，您的包裹快递弄丢了，我们马上安排补发或退款，您看哪一种方便？"
    ),
}
