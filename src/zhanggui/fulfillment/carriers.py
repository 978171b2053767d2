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
    "DNWL": Text("菜鸟速递（丹鸟）", "Cainiao Danniao"),
}
CARRIER_WORDS: dict[str, str] = {
    "顺丰": "SF",
    "京东": "JD",
    "中通": "ZTO",
    "圆通": "YTO",
    "申通": "STO",
    "韵达": "YD",
    "yunda": "YD",
    "极兔": "JTSD",
    "j&t": "JTSD",
    "jt": "JTSD",
    "ems": "EMS",
    "邮政": "YZPY",
    "德邦": "DBL",
    "deppon": "DBL",
    "丹鸟": "DNWL",
    "菜鸟": "DNWL",
    "cainiao": "DNWL",
}
"""What people write into a spreadsheet instead of the code; found anywhere in what they wrote, first one wins."""

# The pages of orders lie below and name carriers too.
CARRIER_NAMES.update(CARRIERS)


def by_word(text: str) -> str | None:
    """The code of a carrier written as its code, one of its names, or the short name people use; None when unknown."""
    plain = text.strip()
    if plain.upper() in CARRIERS:
        return plain.upper()
    for code, name in CARRIERS.items():
        if plain.casefold() in {name.zh.casefold(), name.en.casefold()}:
            return code
    # `邮政 EMS` names the express service, `邮政` alone the parcel: the longer word is asked first by its place above.
    return next((code for word, code in CARRIER_WORDS.items() if word in plain.casefold()), None)
