"""Where outside systems call us."""

from django.urls import path

from connectors.views import alipay, kdniao, kuaidi100, wechatpay

urlpatterns = [
    path("callbacks/alipay/<str:code>", alipay, name="callback-alipay"),
    path("callbacks/wechatpay/<str:code>", wechatpay, name="callback-wechatpay"),
    path("callbacks/kuaidi100", kuaidi100, name="callback-kuaidi100"),
    path("callbacks/kuaidi100/<str:code>", kuaidi100, name="callback-kuaidi100-shop"),
    path("callbacks/kdniao", kdniao, name="callback-kdniao"),
    path("callbacks/kdniao/<str:code>", kdniao, name="callback-kdniao-shop"),
]
