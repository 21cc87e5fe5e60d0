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
    "modify.products.short": Default(
        "改商品：现货不够",
        "亲，{goods} 现货不够，要等补货。您可以等到货再发，也可以换一款，您看怎么安排？",
        ("goods",),
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
        "亲，已经帮您换成{goods}，便宜了 {amount} 元，差价会在 1–2 个工作日内"
        "（最晚 {by}）原路退回。",
        ("goods", "amount", "by"),
    ),
    "modify.products.cheaper.platform": Default(
        "换货退差价，平台申请",
        "亲，已经帮您换成{goods}，便宜了 {amount} 元。差价请您{opens}到订单里点“申请退款”，"
        "金额填 {amount} 元，原因选“退差价或运费”；申请后 1–2 个工作日，原路退回。",
        ("goods", "amount", "opens"),
    ),
    "promise.agreed": Default(
        "约定发货", "亲，跟您约好了，{by}以前一定发出，发出后马上告诉您。", ("by",)
    ),
    "close.done": Default("已关闭", "亲，订单已经帮您关闭了，欢迎下次光临。"),
    "close.paid": Default(
        "已付款，申请退款",
        "亲，您的订单已经付款，不能直接关闭；请在付款 24 小时后申请退款，"
        "申请后 1–2 个工作日原路退回。",
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
        "亲，差价已经收到，马上为您安排发货；多付的 {amount} 元会在 1–2 个工作日内"
        "（最晚 {by}）原路退回。",
        ("amount", "by"),
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
    "stop.at_once": Default(
        "拦截：已经收回", "亲，仓库还没有开始配货，已经帮您拦下来了，马上为您处理。"
    ),
    "stop.gone": Default(
        "拦截：快递已经拿走",
        "亲，很抱歉，您的包裹已经交给快递，仓库拦不回来了。我们可以帮您联系快递试着追回或改派；"
        "如果收到后不合适，可以按退换货处理。",
    ),
    "stop.carrier": Default(
        "已联系快递",
        "亲，已经帮您联系快递公司处理，能不能追回或改派要等快递回复，有结果马上告诉您。",
    ),
    "pickup.code": Default(
        "自提：取货码",
        "亲，您的订单 {order_no} 已经备好，可以来取了。取货码 {code}，到店报取货码，"
        "再报一下收货人姓名和手机号就可以取走。",
        ("order_no", "code"),
    ),
    "split.done": Default(
        "已拆单",
        "亲，您的订单已经帮您分成两个包裹：{goods} 单独发，其余的先为您安排，请放心。",
        ("goods",),
    ),
    "merge.done": Default(
        "已合单",
        "亲，您的 {count} 个订单收货地址一样，已经帮您合在一个包裹里一起发，请放心。",
        ("count",),
    ),
    "reopen.done": Default(
        "已重新打开", "亲，订单已经帮您重新打开了，请尽快付款，我们会马上安排。"
    ),
    "receive.done": Default(
        "已签收",
        "亲，您的包裹已经签收，请检查一下商品是否完好，有任何问题请随时联系我们。",
    ),
    # What can be said at any time, by the situation of the order.
    "now.unpaid": Default(
        "现在：等付款",
        "亲，您的订单还没有付款，应付 {amount} 元，付款后马上为您安排发货。",
        ("amount",),
    ),
    "now.rest": Default(
        "现在：没付清",
        "亲，您的订单还差 {amount} 元没有付，补齐后马上为您安排发货。",
        ("amount",),
    ),
    "now.paid": Default(
        "现在：已付款，有承诺时间",
        "亲，您的订单已经收到，正在核对，最晚 {by} 前发货，发出后可以查到运单号。",
        ("by",),
    ),
    "now.paid.soon": Default(
        "现在：待下发", "亲，您的订单已经收到，正在核对，核对好马上安排发货。"
    ),
    "now.released": Default(
        "现在：已下发，有承诺时间",
        "亲，您的订单已经交给仓库，最晚 {by} 前发货，发出后可以查到运单号。",
        ("by",),
    ),
    "now.released.soon": Default(
        "现在：已下发", "亲，您的订单已经交给仓库，会尽快发货，发出后可以查到运单号。"
    ),
    "now.picking": Default(
        "现在：配货中，有承诺时间", "亲，仓库正在为您配货，最晚 {by} 前发货，请稍等。", ("by",)
    ),
    "now.picking.soon": Default("现在：配货中", "亲，仓库正在为您配货，很快就发出，请稍等。"),
    "now.packed": Default(
        "现在：已打包，有承诺时间", "亲，您的包裹已经打包好了，最晚 {by} 前发出。", ("by",)
    ),
    "now.packed.soon": Default("现在：已打包", "亲，您的包裹已经打包好了，正等快递来取。"),
    "now.ready": Default(
        "现在：已打包，等买家自提", "亲，您的订单正在备货，备好马上把取货码发给您，凭码来取。"
    ),
    "now.late": Default(
        "现在：过了承诺发货时间",
        "亲，非常抱歉，您的订单没有按时发出，我马上请仓库优先安排，有进展第一时间告诉您。",
    ),
    "now.shipped": Default(
        "现在：已发货",
        "亲，您的订单已经由{carrier}发出，运单号 {waybill}，请留意查收。",
        ("carrier", "waybill"),
    ),
    "now.shipped.no_waybill": Default(
        "现在：已发货，没有运单号",
        "亲，您的订单已经由{carrier}发出，运单号查到后马上告诉您。",
        ("carrier",),
    ),
    "now.received": Default(
        "现在：已签收",
        "亲，物流显示您的包裹已经签收了，请检查一下商品，有任何问题请随时联系我们。",
    ),
    "now.completed": Default(
        "现在：已完成", "亲，这个订单已经完成了，谢谢您的支持，有任何问题请随时联系我们。"
    ),
    "now.closed": Default(
        "现在：已关闭", "亲，这个订单已经关闭了，不会再发货；还想要的话，麻烦您重新拍一下。"
    ),
    "now.merged": Default(
        "现在：已合并",
        "亲，您的这个订单已经和另一个订单合在一个包裹里，会一起发出，请放心。",
    ),
    "now.after_sale": Default(
        "现在：平台售后", "亲，您的售后申请已经看到了，我们正在处理，有结果马上告诉您。"
    ),
    "now.top_up": Default(
        "现在：等补差价",
        "亲，还需要补差价 {amount} 元，请拍下补差价链接，付款后马上为您安排发货。",
        ("amount",),
    ),
    "now.top_up.paid": Default("现在：补差价已付", "亲，差价已经收到，会和您的订单一起处理。"),
    "now.stock_out": Default(
        "现在：缺货",
        "亲，很抱歉，您拍的商品暂时缺货。您可以换一款、先发有货的、等到货一起发，"
        "或者在付款 24 小时后申请退款（原因请选“其它原因”），您看怎么安排？",
    ),
    "now.stock_out.expected": Default(
        "现在：缺货，知道到货日期",
        "亲，很抱歉，您拍的商品暂时缺货，预计 {by} 到货，到货后马上为您发出。您可以等到货、换一款、"
        "先发有货的，或者在付款 24 小时后申请退款（原因请选“其它原因”），您看怎么安排？",
        ("by",),
    ),
    "now.customer": Default(
        "现在：客户考虑", "亲，您的订单先帮您留着，不会发出；您考虑好了告诉我，我马上安排。"
    ),
    "now.customer.came": Default(
        "现在：客户考虑，货到了",
        "亲，您等的商品已经到货，先给您留着，还没有发出；您还要的话告诉我，我马上安排发货。",
    ),
    "now.review": Default(
        "现在：审单", "亲，您的订单正在核对，核对好马上安排发货，有需要确认的会联系您。"
    ),
    "now.goods": Default("现在：等货", "亲，您的订单正在等商品到货，一到货就为您发出。"),
    "now.goods.expected": Default(
        "现在：等货，知道到货日期",
        "亲，您的订单正在等商品到货，预计 {by} 到货，一到货就为您发出。",
        ("by",),
    ),
    "now.intercept": Default(
        "现在：拦截", "亲，已经请仓库拦下您的包裹，拦下后马上帮您处理，请稍等。"
    ),
    "now.refund": Default(
        "现在：退款", "亲，您的退款申请正在处理，这单先不会发货，有结果马上告诉您。"
    ),
    # What buyers are told without having asked (SOP 2.a, 6.b).
    "remind.one": Default(
        "催付：一单",
        "亲，您在{shop}的订单 {order_no} 还没有付款，应付 {amount} 元。{by} 前付款，我们马上安排"
        "发货；过时订单会自动关闭。",
        ("shop", "order_no", "amount", "by"),
    ),
    "remind.open": Default(
        "催付：一单，不会自动关闭",
        "亲，您在{shop}的订单 {order_no} 还有 {amount} 元没有付，付款后马上为您安排发货。",
        ("shop", "order_no", "amount", "by"),
    ),
    "remind.several": Default(
        "催付：同一买家的几单",
        "亲，您在{shop}有 {count} 笔订单还没有付款（{order_no}），共 {amount} 元，付款后马上为您"
        "安排发货。",
        ("shop", "count", "order_no", "amount", "by"),
    ),
    "closed.unpaid": Default(
        "超时未付款，已关闭",
        "亲，您的订单 {order_no} 超过 {hours} 小时没有付款，已经自动关闭；还想要的话，欢迎重新"
        "下单。",
        ("order_no", "hours"),
    ),
    "told.received": Default(
        "通知：收到订单",
        "亲，您的订单 {order_no} 已经收到，我们会尽快为您发货，发出后告诉您运单号。查进度：{link}",
        ("order_no", "by", "link"),
    ),
    "told.shipped": Default(
        "通知：已发货",
        "亲，您的订单 {order_no} 已经由{carrier}发出，运单号 {waybill}，请留意查收。查进度：{link}",
        ("order_no", "carrier", "waybill", "link"),
    ),
    "told.delayed": Default(
        "通知：延迟发货",
        "亲，非常抱歉，您的订单 {order_no} 没有按时发出，我们正在优先安排，发出后马上告诉您。",
        ("order_no",),
    ),
    "told.put_off": Default(
        "通知：缺货，晚几天发货",
        "亲，非常抱歉，您的订单 {order_no} 里有商品缺货，预计 {by} 到货，到货后马上发出；"
        "不想等的话请联系我们。",
        ("order_no", "by"),
    ),
    "told.refunded": Default(
        "通知：已退款",
        "亲，您的订单 {order_no} 已经退款 {amount} 元，会原路退回，请留意查收。",
        ("order_no", "amount"),
    ),
    "told.delivered": Default(
        "通知：已签收",
        "亲，您的订单 {order_no} 已经签收，请检查一下商品是否完好，有任何问题请随时联系我们。",
        ("order_no",),
    ),
    "told.feedback": Default(
        "通知：邀请评价",
        "亲，您的订单 {order_no} 用得还满意吗？点开就可以评价：{link} 谢谢您的支持。",
        ("order_no", "link"),
    ),
}
