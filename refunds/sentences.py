"""What agents tell customers about refunds, as delivered; owners can reword each per shop.

“1–2 个工作日，原路退回” stands in each that promises, with the exact time (SOP 1.5.e).
"""

from __future__ import annotations

from core.sentences import Default

SENTENCES: dict[str, Default] = {
    "refund.unpaid": Default(
        "退款：还没付款", "亲，这个订单还没有付款，不用退款，我帮您直接关闭就可以。"
    ),
    "refund.fault": Default(
        "退款：已发货，先看原因",
        "亲，您的订单已经发货了。请告诉我退款的原因，有问题的话麻烦拍张照片，我先帮您核实。",
    ),
    "refund.closed": Default(
        "退款：过了申请时间",
        "亲，这个订单已经过了申请退款的时间，马上就要发货了；收到后不合适，可以按退换货处理。",
    ),
    "refund.waiting.platform": Default(
        "退款：没到时间，平台申请",
        "亲，已经帮您记下退款 {amount} 元。请在{opens}以后到订单里点“申请退款”，"
        "原因选“{told}”；申请后 1–2 个工作日，原路退回，最晚 {by}。",
        ("amount", "opens", "told", "by"),
    ),
    "refund.waiting.platform.free": Default(
        "退款：没到时间，平台申请，不说原因",
        "亲，已经帮您记下退款 {amount} 元。请在{opens}以后到订单里点“申请退款”；"
        "申请后 1–2 个工作日，原路退回，最晚 {by}。",
        ("amount", "opens", "told", "by"),
    ),
    "refund.to_apply.free": Default(
        "退款：请买家申请，不说原因",
        "亲，现在可以申请退款了：请到订单里点“申请退款”，金额 {amount} 元；"
        "申请后 1–2 个工作日，原路退回，今天申请的话最晚 {by}。",
        ("amount", "opens", "told", "by"),
    ),
    "refund.waiting.own": Default(
        "退款：没到时间，我们登记",
        "亲，已经帮您登记退款 {amount} 元，{opens}开始处理，1–2 个工作日，原路退回，最晚 {by}。",
        ("amount", "opens", "told", "by"),
    ),
    "refund.to_apply": Default(
        "退款：请买家申请",
        "亲，现在可以申请退款了：请到订单里点“申请退款”，金额 {amount} 元，原因选“{told}”；"
        "申请后 1–2 个工作日，原路退回，今天申请的话最晚 {by}。",
        ("amount", "opens", "told", "by"),
    ),
    "refund.review": Default(
        "退款：已送审",
        "亲，退款 {amount} 元已经提交，1–2 个工作日，原路退回，最晚 {by}。",
        ("amount", "opens", "told", "by"),
    ),
    "refund.late": Default(
        "退款：过了答应的时间",
        "亲，很抱歉，退款 {amount} 元没能在答应您的时间办好，我们正在加急处理，一退好马上告诉您，"
        "钱会原路退回。",
        ("amount",),
    ),
    "refund.cancel_there": Default(
        "退款：请到平台撤销",
        "亲，不退了的话，麻烦您到订单里撤销退款申请，撤销后我们马上给您安排。",
    ),
    "refund.withdrawn": Default("退款：已撤回", "亲，退款已经帮您撤回了，订单会照常处理，请放心。"),
    "refund.ship": Default("退款：改为发货", "亲，退款已经取消，马上为您安排发货，请放心。"),
    "refund.rejected": Default(
        "退款：没有通过",
        "亲，很抱歉，您的退款申请没有通过，原因是：{why}。还有疑问请随时联系我们。",
        ("why",),
    ),
    "refund.too_late": Default(
        "退款：来不及拦，已发货",
        "亲，很抱歉，您的包裹已经发出，没来得及拦下。请您拒收，或者收到后申请退货退款，"
        "我们会尽快为您处理。",
    ),
}
