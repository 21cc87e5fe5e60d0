"""Export files of the same shape as the real ones: bytes, quirks and all.

A builder takes what differs from an ordinary order, by header: `taobao({"订单状态": "交易成功"})`.
It answers rows with the header first; `as_csv` and `as_xlsx` make a file of them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from core.tables.cells import clean

Rows = list[list[str]]
Cells = Mapping[str, str]

# -- headers, exactly as the platforms write them (six of Taobao's end in a space) ---------------

_TAOBAO_HEAD = "订单编号,买家会员名,买家支付宝账号"
_TAOBAO_MONEY = (
    "买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分"
)
_TAOBAO_BODY = (
    "订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,"
    "宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,"
    "卖家服务费,买家服务费"
)
_TAOBAO_MORE = (
    "发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,"
    "修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易"
)
_TAOBAO_2019 = (
    "新零售交易类型,新零售导购门店名称,新零售导购门店id,新零售发货门店名称,新零售发货门店id,退款金额,"
    "预约门店,确认收货时间,打款商家金额,含应开票给个人的个人红包,是否信用购,体验期结束时间,前N有礼,"
    "配送类型,主订单编号"
)
_TAOBAO_30 = f"{_TAOBAO_HEAD},{_TAOBAO_MONEY},{_TAOBAO_BODY}"

HEADERS = {
    "taobao_30": _TAOBAO_30.replace(" ,", ","),
    "taobao_46": f"{_TAOBAO_30},{_TAOBAO_MORE},退款金额,预约门店",
    "taobao_61": (
        f"{_TAOBAO_HEAD},支付单号,支付详情,{_TAOBAO_MONEY},{_TAOBAO_BODY},{_TAOBAO_MORE},{_TAOBAO_2019}"
    ),
    "taobao_items": (
        "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
    ),
    "jd": (
        "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,"
        "订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,"
        "商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,货号,订单完成时间,订单来源,订单渠道"
    ),
    "pdd": (
        "订单成交时间,商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),"
        "多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),发货时间,确认收货时间,商品id,"
        "商品规格,样式ID,商家编码-规格维度,商家编码-商品维度,商家备注,售后状态,快递单号,快递公司"
    ),
    "douyin": (
        "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,订单应付金额,运费,收件人,收件人手机号,"
        "详细地址,订单提交时间,商家备注,订单完成时间,订单状态,售后状态,取消原因,发货时间,"
        "平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额"
    ),
    "youzan": (
        "订单号,买家付款时间,收货人手机号/提货人手机号,全部商品名称,商品种类数,订单实付金额,订单状态,"
        "买家备注,商家订单备注"
    ),
    "ali1688": (
        "订单号,下单时间,物流公司,实付款,运单号,买家,收货地址,货品标题,规格,数量,退款状态,订单状态"
    ),
}

# -- what an ordinary order says ------------------------------------------------------------------

_TAOBAO = {
    "订单编号": '="35153131473{place:06d}"',
    "买家会员名": "tb_{place}",
    "支付单号": "2017070821001001{place:06d}",
    "买家应付货款": "201.12",
    "买家应付邮费": "10.00",
    "买家支付积分": "0",
    "总金额": "211.12",
    "返点积分": "0",
    "买家实际支付金额": "211.12",
    "买家实际支付积分": "0",
    "订单状态": "买家已付款，等待卖家发货",
    "收货人姓名": "薛小安",
    "收货地址": "广东省 广州市 越秀区 黄花岗街道环市东路 10 号 1101(510180)",
    "运送方式": "快递",
    "联系手机": "'13900000165",
    "订单创建时间": "2017-07-08 00:42:32",
    "订单付款时间": "2017-07-08 00:42:39",
    "宝贝标题": "【顺丰包邮】雪平锅不锈钢",
    "宝贝种类": "1",
    "宝贝总数量": "1",
    "店铺Id": "0",
    "店铺名称": "某某海外生活",
    "订单关闭原因": "订单未关闭",
    "卖家服务费": "0",
    "买家服务费": "0元",
    "是否手机订单": "手机订单",
    "特权订金订单id": '=""',
    "是否上传合同照片": "否",
    "退款金额": "0.00",
    "打款商家金额": "0.00元",
}
_ITEM = {
    "订单编号": '="35153131473{place:06d}"',
    "标题": "【顺丰包邮】雪平锅不锈钢",
    "价格": "239.00",
    "购买数量": "1",
    "外部系统编号": "YO-PAN-20",
    "商品属性": "颜色分类：银色;尺码：20厘米",
    "订单状态": "买家已付款，等待卖家发货",
    "商家编码": "YO-PAN-20",
}
_JD = {
    "订单号": "2956780{place:05d}",
    "商品ID": "10023{place:03d}",
    "商品名称": "商品甲",
    "订购数量": "1",
    "支付方式": "在线支付",
    "下单时间": "2026-01-15 10:00:00",
    "京东价": "250.00",
    "订单金额": "500.00",
    "结算金额": "480.00",
    "余额支付": "0.00",
    "应付金额": "490.00",
    "订单状态": "等待出库",
    "下单帐号": "jd_fengy",
    "客户姓名": "冯颖",
    "客户地址": "广东深圳市福田区农园路66号",
    "联系电话": "1******6198",
    "运费金额": "10.00",
    "付款确认时间": "2026-01-15 10:01:00",
    "货号": "SKU-A",
}
_PDD = {
    "订单成交时间": "2026-09-10 08:00:00",
    "商品": "辣丝丝",
    "订单号": "260910-6221010{place:08d}\t",
    "订单状态": "待发货",
    "商品总价(元)": "1,234.50",
    "邮费(元)": "0.00",
    "店铺优惠折扣(元)": "34.50",
    "平台优惠折扣(元)": "20.00",
    "多多支付立减金额(元)": "0.00",
    "用户实付金额(元)": "1,180.00",
    "商家实收金额(元)": "1,200.00",
    "商品数量(件)": "2",
    "商品id": "6221010{place:03d}\t",
    "商品规格": "黑色,L",
    "样式ID": "99887766{place:03d}\t",
    "商家编码-规格维度": "HOT-1",
    "售后状态": "无售后或售后取消",
}
_DOUYIN = {
    "主订单编号": "\t6917926768823{place:06d}",
    "子订单编号": "\t6917926768823{place:06d}",
    "选购商品": "\t辣丝丝",
    "商品规格": "\t1袋",
    "商品数量": "1",
    "商家编码": "\t300400008",
    "订单应付金额": "28.90",
    "运费": "0.00",
    "收件人": "##密文",
    "收件人手机号": "$$密文",
    "详细地址": "##密文",
    "订单提交时间": "2026-09-22 00:54:10",
    "商家备注": "-",
    "订单完成时间": "-",
    "订单状态": "待发货",
    "售后状态": "-",
    "发货时间": "-",
    "平台实际承担优惠金额": "21.00",
    "商家实际承担优惠金额": "25.00",
    "达人实际承担优惠金额": "0.00",
}
_YOUZAN = {
    "订单号": "E202609221234560{place:08d}",
    "买家付款时间": "2026-09-22 12:35:10",
    "收货人手机号/提货人手机号": "13900000165",
    "全部商品名称": "手冲咖啡壶",
    "商品种类数": "1",
    "订单实付金额": "128.00",
    "订单状态": "待发货",
}
_ALI1688 = {
    "订单号": "2026091812345{place:05d}",
    "下单时间": "2026-09-18 09:30:00",
    "实付款": "360.00",
    "买家": "某某贸易有限公司",
    "收货地址": "浙江省 杭州市 西湖区 文三路 1 号",
    "货品标题": "保温杯",
    "规格": "500ml",
    "数量": "3",
    "订单状态": "等待卖家发货",
}


def _table(kind: str, ordinary: Cells, orders: Sequence[Cells]) -> Rows:
    """The header, and for each order its row: what it says itself, else what is ordinary."""
    header = HEADERS[kind].split(",")
    names = {name.strip() for name in header}
    rows = [header]
    for place, own in enumerate(orders or [{}], start=1):
        assert own.keys() <= names, f"no such column: {own.keys() - names}"
        told = {**{name: text.format(place=place) for name, text in ordinary.items()}, **own}
        rows.append([told.get(name.strip(), "") for name in header])
    return rows


def taobao(*orders: Cells, columns: int = 46) -> Rows:
    """ExportOrderList of 2011 (30 columns), 2017 (46) or 2019 (61)."""
    return _table(f"taobao_{columns}", _TAOBAO, orders)


def taobao_items(*items: Cells) -> Rows:
    """ExportOrderDetailList: its rows end in a comma that its header does not have."""
    header, *rows = _table("taobao_items", _ITEM, items)
    return [header, *([*row, ""] for row in rows)]


def jd(*rows: Cells) -> Rows:
    return _table("jd", _JD, rows)


def pdd(*orders: Cells) -> Rows:
    return _table("pdd", _PDD, orders)


def douyin(*orders: Cells) -> Rows:
    return _table("douyin", _DOUYIN, orders)


def youzan(*orders: Cells) -> Rows:
    return _table("youzan", _YOUZAN, orders)


def ali1688(*rows: Cells) -> Rows:
    return _table("ali1688", _ALI1688, rows)


# -- text ---------------------------------------------------------------------------------------


def as_csv(rows: Rows, encoding: str = "gb18030", bom: bytes = b"", comma: str = ",") -> bytes:
    """As the platforms write it: every cell quoted but those with `=` before them, CRLF."""
    text = "".join(f"{comma.join(_quoted(cell) for cell in row)}\r\n" for row in rows)
    return bom + text.encode(encoding)


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return cell if cell.startswith('="') else f'"{doubled}"'


def resaved(rows: Rows) -> bytes:
    """As a spreadsheet saves it again: quotes only where they must be, long numbers ruined."""
    file = io.StringIO()
    csv.writer(file).writerows([[_ruined(cell) for cell in row] for row in rows])
    return file.getvalue().encode("gb18030")


def _ruined(cell: str) -> str:
    wrapped = re.fullmatch(r'="(\d{16,})"', cell)
    return f"{float(wrapped[1]):.5E}" if wrapped else cell


# -- workbooks ------------------------------------------------------------------------------------

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    ),
    "xl/workbook.xml": (
        f'<workbook {_MAIN} xmlns:r="{_RELATIONS}">'
        '<sheets><sheet name="订单" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
    "xl/styles.xml": (
        f'<styleSheet {_MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs>'
        "</styleSheet>"
    ),
}
BUILT_IN_DATE, OWN_DATE = "1", "2"


class Raw(str):
    """A cell given as the XML inside its row, to say how it is stored: `number`, `inline` …"""

    __slots__ = ()


def number(value: str, style: str = "0") -> Raw:
    return Raw(f'<c s="{style}"><v>{value}</v></c>')


def inline(text: str) -> Raw:
    return Raw(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>')


def formula(text: str) -> Raw:
    """A formula with the text that it came to."""
    return Raw(f'<c t="str"><f>A1</f><v>{escape(text)}</v></c>')


def as_xlsx(rows: Sequence[Sequence[str]], parts: Cells | None = None) -> bytes:
    """A workbook with one sheet; texts are shared strings, as Excel writes them."""
    strings: dict[str, int] = {}
    body = "".join(
        f"<row r={quoteattr(str(line))}>{''.join(_cell(cell, strings) for cell in row)}</row>"
        for line, row in enumerate(rows, start=1)
    )
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    members = {
        **_PARTS,
        _SHEET: (f"<worksheet {_MAIN}><sheetData>{body}</sheetData></worksheet>"),
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
        **(parts or {}),
    }
    return as_zip(members)


def _cell(cell: str, strings: dict[str, int]) -> str:
    if isinstance(cell, Raw):
        return cell
    place = strings.setdefault(cell, len(strings))
    return f'<c t="s"><v>{place}</v></c>' if cell else "<c/>"


def as_zip(members: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


# -- many orders, written as they are made: the numbers count up, all else is alike ---------------

_NUMBER = "35153131473000001"


def _numbered(row: bytes, many: int) -> Iterator[bytes]:
    for place in range(1, many + 1):
        yield row.replace(_NUMBER.encode(), f"{_NUMBER[:-6]}{place:06d}".encode())


def write_csv(path: Path, many: int) -> Path:
    """A Taobao export of so many orders."""
    header, row = as_csv(taobao()).splitlines(keepends=True)
    with path.open("wb") as file:
        file.write(header)
        file.writelines(_numbered(row, many))
    return path


def write_xlsx(path: Path, many: int) -> Path:
    """The same as a workbook; the rows say no place of their own."""
    header, ordinary = taobao()
    parts = as_xlsx([header, [inline(clean(cell)) if cell else "" for cell in ordinary]])
    with zipfile.ZipFile(io.BytesIO(parts)) as source, zipfile.ZipFile(path, "w", 8) as archive:
        for name in source.namelist():
            if name != _SHEET:
                archive.writestr(name, source.read(name))
        before, row = source.read(_SHEET).replace(b'<row r="2">', b"|<row>").split(b"|")
        row, after = row.replace(b"</sheetData>", b"|</sheetData>").split(b"|")
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(before)
            for each in _numbered(row, many):
                sheet.write(each)
            sheet.write(after)
    return path
