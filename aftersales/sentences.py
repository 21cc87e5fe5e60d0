"""What agents tell customers about returns and exchanges, as delivered; owners can reword each.

Every sentence that stands with a case may use `CASE`: see `selectors.telling.values_of`.
"""

from __future__ import annotations

from core.sentences import Default

CASE = (
    *("number", "order_no", "goods", "address", "until", "carriers", "cost", "waybill", "why"),
    *("freight", "amount", "new", "carrier", "keeps", "refund", "needs", "fee", "choice"),
    *("early", "first"),
)

SENTENCES: dict[str, Default] = {
    "case.too_late": Default(
        "退换货：过了期限",
        "亲，很抱歉，退换货要在签收后 {days} 天内提出（{until}截止），现在已经过了，"
        "没办法为您办理。",
        ("days", "until"),
    ),
    "case.not_intact": Default(
        "退换货：吊牌或包装不完整",
        "亲，很抱歉，退换货要求吊牌和包装完好，您这件{what}已经不完整，没办法为您办理。",
        ("what",),
    ),
    "case.excluded": Default(
        "退换货：这类商品不能退换",
        "亲，很抱歉，{what}这类商品不是质量问题的话不支持退换，还请您理解。",
        ("what",),
    ),
    "case.cost.ours": Default(
        "运费：我们承担",
        "亲，这是我们的问题，来回运费都由我们承担，您先垫付寄回，凭运费单我们退给您。",
    ),
    "case.cost.ours.exchange": Default(
        "运费：我们承担，换货",
        "亲，这是我们的问题，寄回和重新寄出的运费都由我们承担，您先垫付寄回，凭运费单我们退给您。",
    ),
    "case.cost.theirs": Default(
        "运费：买家承担",
        "亲，不是质量问题的退货，来回运费由您承担；请不要用到付，到付件我们会拒收。",
    ),
    "case.cost.theirs.exchange": Default(
        "运费：买家承担，换货",
        "亲，不是质量问题的换货，来回运费由您承担：寄回的您自己付，"
        "重新寄出的运费 {freight} 元请先补拍；请不要用到付，到付件我们会拒收。",
        ("freight",),
    ),
    "case.instructions": Default(
        "退货：怎么寄",
        "亲，请把商品（{goods}）连同吊牌、包装放好，保护好外包装，里面放一张纸条，写上原因、"
        "订单号 {order_no}、售后单号 {number} 和您的旺旺、QQ，用{carriers}等普通快递寄到："
        "{address}。{cost}请不要用到付，到付件我们会拒收。寄出后把运单号告诉我，"
        "{until}前寄出就可以。",
        CASE,
    ),
    "case.instructions.early": Default(
        "换货：先寄，货怎么寄回",
        "亲，{early}原来的（{goods}）请连同吊牌、包装放好，保护好外包装，里面放一张纸条，写上原因、"
        "订单号 {order_no}、售后单号 {number} 和您的旺旺、QQ，用{carriers}等普通快递寄到："
        "{address}。{cost}请不要用到付，到付件我们会拒收。寄出后把运单号告诉我，"
        "{until}前寄出就可以。",
        CASE,
    ),
    "case.on_its_way": Default(
        "退货：在路上",
        "亲，您寄回的包裹（{waybill}）我们在等，收到后一个工作日内验货，验好马上给您处理。",
        CASE,
    ),
    "case.arrived": Default(
        "退货：到了，在验",
        "亲，您寄回的商品已经到仓库了，正在验货，最晚 {until}给您答复。",
        CASE,
    ),
    "case.looked_at": Default(
        "退货：验好了，在办", "亲，您寄回的商品验好了，正在给您办，最晚 {until}给您答复。", CASE
    ),
    "case.differs": Default(
        "退货：收到的不一样",
        "亲，您寄回的商品我们收到了，但是{why}。麻烦您看看怎么办，照片我发给您。",
        CASE,
    ),
    "case.sent_back": Default(
        "退货：退回买家", "亲，您寄回的商品不符合退换条件（{why}），我们会原样寄回给您。", CASE
    ),
    "case.went_back": Default(
        "退货：已经寄回给买家",
        "亲，您的商品已经由{carrier}寄回给您了，运单号 {waybill}，请留意查收。",
        CASE,
    ),
    "case.not_of_it": Default(
        "送不到：里面不是这一单的商品",
        "亲，退回来的包裹里有不是我们这一单的、或者已经不完整的商品（{why}），这些我们寄回给您。",
        CASE,
    ),
    "case.top_up": Default(
        "换货：请补差价",
        "亲，您寄回的商品验好了，换的已经给您准备好，请补拍 {amount} 元（差价和运费），"
        "付好马上发出。",
        CASE,
    ),
    "case.resent": Default(
        "换货：准备发出",
        "亲，您寄回的商品验好了，换的（{new}）马上给您发出，发货后告诉您运单号。",
        CASE,
    ),
    "case.reason": Default(
        "售后：改了原因，运费谁出",
        "亲，这次售后我们核实过了，原因是“{reason}”：{cost}。有疑问随时找我，照片我可以发给您。",
        ("reason", "cost"),
    ),
    "case.asked": Default(
        "售后：等答复",
        "亲，{why}麻烦您尽快回复我；{until}还没有收到的话，我们会先把这次售后关闭。",
        CASE,
    ),
    "case.asked.here": Default(
        "售后：货在我们这里，等答复", "亲，{why}麻烦您尽快回复我，我好接着给您办。", CASE
    ),
    "case.closing": Default(
        "售后：快关闭了",
        "亲，一直没有收到您的消息，这次售后（{number}）会在{until}关闭；还要办的话请您马上回复我。",
        CASE,
    ),
    "case.noted": Default(
        "售后：记下了，去查", "亲，您说的我们记下了，马上去查，最晚 {until}给您答复。", CASE
    ),
    "complaint.noted": Default(
        "投诉：道歉，去查",
        "亲，非常抱歉，给您添麻烦了！您说的我们都记下了，马上去查清楚，最晚 {until}给您答复。",
        CASE,
    ),
    "case.answered": Default("售后：答复", "亲，{answer}", ("answer",)),
    "feedback.thanks": Default("评价：谢谢", "亲，谢谢您的评价，欢迎您再来！"),
    "feedback.known": Default(
        "评价：已经评价过", "亲，您的评价我们已经收到了，谢谢您！有任何问题请随时联系我们。"
    ),
    "macro.photos": Default(
        "快捷：请拍照片",
        "亲，麻烦您拍几张照片发给我：商品整体、有问题的地方、外箱和面单，我看了马上给您处理。",
    ),
    "macro.checking": Default(
        "快捷：我去查", "亲，您的订单 {order_no} 我马上去查，查到了第一时间回复您。", ("order_no",)
    ),
    "macro.considers": Default(
        "快捷：买家考虑",
        "亲，好的，{goods}先给您留着，您慢慢考虑，想好了随时告诉我。",
        ("goods",),
    ),
    "guidance.sent": Default("使用说明", "亲，关于{title}：\n{body}", ("title", "body")),
    "case.withdrawn": Default("售后：已撤回", "亲，这次售后已经帮您撤回了，有需要随时找我们。"),
    "case.refused": Default(
        "售后：办不了", "亲，很抱歉，这次没办法为您办理，原因是：{why}。", ("why",)
    ),
    "decided.consider": Default(
        "缺货：买家考虑",
        "亲，好的，{first}{goods}您慢慢考虑，{until}我再联系您；想好了随时告诉我。",
        CASE,
    ),
    "decided.wait": Default(
        "缺货：买家等货",
        "亲，好的，{first}{goods}一到货就给您发出，不用您再操心；不想等了随时告诉我。",
        CASE,
    ),
    "decided.first": Default(
        "缺货：有货的先发", "亲，有货的我们先给您发出，不用等。{then}", ("then",)
    ),
    "decided.goes_on": Default("缺货：货齐了", "亲，您要的商品已经到了，我们尽快给您发出。"),
    "modification.stop": Default(
        "改单：等仓库拦截",
        "亲，您的订单仓库已经在处理了，我正在请仓库拦下来，拦下了就给您改，"
        "{until}前给您答复；要是来不及，我再请快递帮忙。",
        CASE,
    ),
    "modification.stopped": Default("改单：拦下了", "亲，仓库已经拦下来了，马上给您改好再发出。"),
    "modification.carrier": Default(
        "改单：等快递答复",
        "亲，包裹已经在路上，我们改不了；已经请快递帮您处理，{until}前给您答复，不能保证一定改成。",
        CASE,
    ),
    "modification.too_late": Default(
        "改单：没有改成",
        "亲，很抱歉，包裹已经发出，没能改成。您收到后不合适的话，可以申请退换货，我帮您办。",
    ),
    "modification.not_left": Default(
        "改单：仓库来不及改",
        "亲，很抱歉，您的包裹仓库已经打好，来不及改了。一交给快递我就请快递帮您改，"
        "不能保证一定改成，有结果马上告诉您。",
    ),
    "modification.pickup": Default(
        "改单：自提的，来不及改",
        "亲，很抱歉，您要的商品仓库已经备好，来不及改了。您取货的时候请当面看一看，不合适的告诉我，"
        "我帮您办退换货。",
    ),
    "swap.stop": Default(
        "发货前换货：等仓库拦截",
        "亲，您的订单仓库已经在处理了，我正在请仓库拦下来，拦下了就给您换成{new}，"
        "{until}前给您答复；要是来不及，收到后我帮您办换货。",
        CASE,
    ),
    "swap.stopped": Default(
        "发货前换货：拦下了", "亲，仓库已经拦下来了，马上给您换成{new}再发出。", CASE
    ),
    "swap.top_up": Default(
        "发货前换货：请补差价",
        "亲，已经帮您换成{new}，还差 {amount} 元，请拍下补差价链接，付好马上安排发货。",
        CASE,
    ),
    "swap.new_order": Default(
        "发货前换货：请退款重拍",
        "亲，这个订单在平台上换不了商品，{refund}；请您重新拍下{new}，拍好把新订单号告诉我，"
        "我把两张订单备注在一起，优先给您发。",
        CASE,
    ),
    "swap.refund": Default(
        "发货前换货：等退款",
        "亲，换货已经登记好了（{new}）；{refund}，请放心。",
        CASE,
    ),
    "swap.too_late": Default(
        "发货前换货：来不及",
        "亲，很抱歉，仓库没能拦下来，来不及换了。您收到以后联系我，我帮您办换货。",
    ),
    "case.reship": Default(
        "补发：在办",
        "亲，您说的（{goods}）我们记下了，最晚 {until}给您答复；请拍一张外箱和商品的照片发给我。",
        CASE,
    ),
    "case.reship.shown": Default(
        "补发：在办，照片收到了",
        "亲，您说的（{goods}）我们记下了，照片收到了，最晚 {until}给您答复。",
        CASE,
    ),
    "case.reship.lost": Default(
        "补发：没收到，在核实",
        "亲，您没收到的（{goods}）我们记下了，正在跟快递核实，最晚 {until}给您答复，"
        "确实没有送到就给您补发。",
        CASE,
    ),
    "case.reship_asked": Default(
        "补发：在问快递",
        "亲，我们正在请快递查您的包裹，最晚 {until}给您答复，查不到就给您补发。",
        CASE,
    ),
    "repair.cost.ours": Default(
        "维修：不收费",
        "亲，在保修范围内或者是我们的问题，免费给您修，来回运费我们承担，您先垫付寄来，凭运费单退给您；"
        "寄来检测要是人为损坏，会先报价，您同意了再修。",
    ),
    "repair.cost.theirs": Default(
        "维修：要收费",
        "亲，不在保修范围内的要收维修费，来回运费由您承担；寄来检测以后先给您报价，您同意了再修，"
        "不修就原样寄回。",
    ),
    "repair.instructions": Default(
        "维修：怎么寄",
        "亲，请把要修的商品（{goods}）和配件保护好外包装，里面放一张纸条，写上哪里坏了、"
        "订单号 {order_no}、售后单号 {number} 和您的旺旺、QQ，用{carriers}等普通快递寄到："
        "{address}。{cost}请不要用到付，到付件我们会拒收。寄出后把运单号告诉我，{until}前寄出就可以。",
        CASE,
    ),
    "repair.on_its_way": Default(
        "维修：在路上",
        "亲，您寄来的包裹（{waybill}）我们在等，收到后先检测，再告诉您怎么修、要不要收费。",
        CASE,
    ),
    "repair.arrived": Default(
        "维修：到了，在检测",
        "亲，您寄来的商品收到了，正在检测，最晚 {until}告诉您怎么修、要不要收费。",
        CASE,
    ),
    "repair.quoting": Default(
        "维修：在核价", "亲，检测好了（{needs}），正在给您核价，最晚 {until}告诉您。", CASE
    ),
    "repair.quoted": Default(
        "维修：报价",
        "亲，检测好了（{needs}），不在保修范围内，维修费和寄回的运费一共 {fee} 元。"
        "您同意的话我们马上修，不修也可以原样寄回给您，麻烦{until}前告诉我。",
        CASE,
    ),
    "repair.fee": Default(
        "维修：请付维修费",
        "亲，好的，请补拍 {fee} 元（维修费和寄回的运费），付好马上给您修。",
        CASE,
    ),
    "repair.free": Default(
        "维修：免费修",
        "亲，检测好了（{needs}），这次不收您的钱，已经安排给您修，修好了马上寄回给您。",
        CASE,
    ),
    "repair.begins": Default(
        "维修：安排修", "亲，您的商品（{needs}）已经安排修了，修好了马上寄回给您。", CASE
    ),
    "repair.under_way": Default(
        "维修：在修", "亲，您的商品正在修，最晚 {until}给您消息，修好了马上寄回给您。", CASE
    ),
    "repair.failed": Default("维修：修不好", "亲，您的商品这次没有修：{why}。{choice}", CASE),
    "repair.back": Default(
        "维修：寄回", "亲，您的商品（{goods}）马上给您寄出，发出以后把运单号告诉您。", CASE
    ),
    "partial.evidence": Default(
        "部分退款：请给照片",
        "亲，麻烦您拍几张照片发给我：商品全图、有问题的地方、外包装和面单，{until}前收到就马上给您办。",
        CASE,
    ),
    "partial.asked": Default(
        "部分退款：在审",
        "亲，退给您 {amount} 元已经提交审核，通过后 1–2 个工作日退到您的付款账户。",
        CASE,
    ),
    "case.kept_by_carrier": Default(
        "送不到：请买家收",
        "亲，您的订单 {order_no}（{carrier} {waybill}）快递送不到，现在存在快递网点，"
        "保管到{keeps}。您看是请快递再送一次、换个地址，还是不要了？",
        CASE,
    ),
    "case.message_left": Default(
        "送不到：留言",
        "亲，一直联系不上您。您的包裹（{carrier} {waybill}）现在存在快递网点，保管到{keeps}，"
        "到期快递就会退回给我们。您看到以后请马上回复，我请快递再送。",
        CASE,
    ),
    "case.redelivered": Default(
        "送不到：请快递再派",
        "亲，{carrier}答应重新给您派送了（{waybill}），请保持电话畅通。",
        CASE,
    ),
    "case.redelivery_asked": Default(
        "送不到：在请快递再派",
        "亲，已经请{carrier}再给您派送一次（{waybill}），正在等快递答复，最晚 {until}告诉您结果；"
        "请保持电话畅通。",
        CASE,
    ),
    "case.redirect_asked": Default(
        "送不到：在请快递改派",
        "亲，新地址记下了，已经请{carrier}改派（{waybill}），正在等快递答复，"
        "最晚 {until}告诉您能不能改；请保持电话畅通。",
        CASE,
    ),
    "case.comes_back": Default(
        "送不到：退回中",
        "亲，您的包裹（{carrier} {waybill}）正在退回我们仓库，收到清点以后马上给您处理。",
        CASE,
    ),
    "case.came_back": Default(
        "送不到：退回来了",
        "亲，快递退回的商品我们已经收到，最晚 {until}给您办退款或者重新寄出。",
        CASE,
    ),
    "case.sent_again": Default(
        "补发：马上发",
        "亲，已经安排给您重新发货（{goods}），不用您再付钱，发出以后把运单号告诉您。",
        CASE,
    ),
    "case.sent_again.theirs": Default(
        "补发：先补运费",
        "亲，重新寄出的运费 {freight} 元需要您先补拍，补好我们马上发出。",
        CASE,
    ),
}
