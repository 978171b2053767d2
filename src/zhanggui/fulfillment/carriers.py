"""Carriers by the platform's codes, as 发货信息管理 and waybill printing expect them."""

from zhanggui.core.i18n import Text
from zhanggui.orders.page_parts import CARRIER_NAMES

CARRIERS: dict[str, Text] = {
    "SF": Text("顺丰速运", "SF Express"),
    "JD": Text("京东快递", "JD Express"),
    "ZTO": Text("中通快递", "ZTO Express"),
    "YTO": Text("圆通速递", "YTO Express"),
    "STO": Text("申通快递", "STO Express"),
    "YD": Text("韵达速递", "Yunda Express"),
    "JTSD": Text("极兔速递", "J&T Express"),
    "EMS": Text("邮政 EMS", "EMS"),
    "YZPY": Text("邮政快递包裹", "China Post parcel"),
    "DBL": Text("德邦快递", "Deppon Express"),
}

# The pages of orders lie below and name carriers too.
CARRIER_NAMES.update(CARRIERS)

CARRIER_NAMES.update(CARRIERS)
