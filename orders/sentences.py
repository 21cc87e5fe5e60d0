"""What agents tell customers about orders, as delivered; owners can reword each per shop."""

from __future__ import annotations

from core.sentences import Default

SENTENCES: dict[str, Default] = {
    "modify.shipped": Default(
        "已发货，不能修改",
        "亲，您的订单已经发货了，没办法再修改{what}。我们可以帮您联系快递试着改派；"
        "如果收到后不合适，可以按退换货处理。",
        ("what",),
    ),
    "modify.closed": Default(
        "已关闭，不能修改", "亲，这个订单已经关闭了，没法再改{what}，麻烦您重新拍一下。", ("what",)
    ),
    "modify.released": Default(
        "已下发仓库，先拦截",
        "亲，您的订单仓库已经在安排了，我马上请仓库拦一下，拦下后就帮您改{what}，请稍等。",
        ("what",),
    ),
    "modify.receiving.done": Default(
        "收货信息已改", "亲，收货信息已经帮您改好了：{where}，请您核对一下。", ("where",)
    ),
    "modify.delivery.done": Default(
        "配送方式已改", "亲，已经帮您改成{delivery}，请放心。", ("delivery",)
    ),
    "modify.products.same": Default(
        "换货无差价", "亲，已经帮您换成{goods}，没有差价，会尽快发货。", ("goods",)
    ),
    "modify.products.unpaid": Default(
        "换货，还没付款",
        "亲，已经帮您换成{goods}，现在应付 {amount} 元，付款后马上安排发货。",
        ("goods", "amount"),
    ),
    "modify.products.later": Default(
        "换货，货到付款或账期",
        "亲，已经帮您换成{goods}，现在共 {amount} 元（{terms}），会尽快发货。",
        ("goods", "amount", "terms"),
    ),
    "modify.products.dearer": Default(
        "换货需补差价",
        "亲，已经帮您换成{goods}，需要补差价 {amount} 元，请拍下补差价链接，付款后马上安排发货。",
        ("goods", "amount"),
    ),
    "modify.products.cheaper": Default(
        "换货退差价",
        "亲，已经帮您换成{goods}，便宜了 {amount} 元，差价会在 1–2 个工作日内原路退回。",
        ("goods", "amount"),
    ),
    "close.done": Default("已关闭", "亲，订单已经帮您关闭了，欢迎下次光临。"),
    "close.paid": Default(
        "已付款，申请退款",
        "亲，您的订单已经付款，不能直接关闭；请在付款 24 小时后申请退款，1–2 个工作日内原路退回。",
    ),
    "close.shipped": Default(
        "已发货，不能关闭", "亲，您的订单已经发货了，没法关闭；收到后不满意可以申请退换货。"
    ),
    "identity.ask": Default(
        "核对身份", "亲，为了您的信息安全，麻烦再提供一下订单号、收货人姓名或手机号，谢谢。"
    ),
    "top_up.tied": Default("差价已收到", "亲，差价已经收到，马上为您安排发货。"),
    "top_up.short": Default(
        "差价还不够",
        "亲，差价已经收到一部分，还差 {amount} 元，请再拍下补差价链接，付款后马上安排发货。",
        ("amount",),
    ),
    "top_up.over": Default(
        "差价多付了",
        "亲，差价已经收到，马上为您安排发货；多付的 {amount} 元会在 1–2 个工作日内原路退回。",
        ("amount",),
    ),
    "register.unpaid": Default(
        "已登记，等付款",
        "亲，订单 {order_no} 已经登记好了，应付 {amount} 元，收到款后马上安排发货。",
        ("order_no", "amount"),
    ),
    "register.accepted": Default(
        "已登记，先发货",
        "亲，订单 {order_no} 已经登记好了，{terms}，共 {amount} 元，我们会尽快安排发货。",
        ("order_no", "amount", "terms"),
    ),
    "reopen.done": Default(
        "已重新打开", "亲，订单已经帮您重新打开了，请尽快付款，我们会马上安排。"
    ),
}
