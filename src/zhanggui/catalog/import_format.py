"""The spreadsheet's sheets and columns: names in both languages, and what is explained of them in the template."""

from typing import Literal, NamedTuple

from zhanggui.catalog.rules import DeliveryMethod, ReturnException, Status
from zhanggui.core.i18n import Text

MAX_FILE = 60_000_000
MAX_UNPACKED = 300_000_000
MAX_FILES = 5_000
MAX_ROWS = 20_000
MAX_ERRORS = 200


class Column(NamedTuple):
    """A column: key in the program, heading in both languages, explanation for the help sheet, width in characters."""

    key: str
    heading: Text
    help: Text
    width: int = 14


class Sheet(NamedTuple):
    """A sheet: name in both languages, its columns, and example rows in the template, in column order."""

    key: str
    name: Text
    columns: tuple[Column, ...]


def _column(key: str, zh: str, en: str, help_zh: str, help_en: str, width: int = 14) -> Column:
    return Column(key, Text(zh, en), Text(help_zh, help_en), width)


CATEGORIES = Sheet(
    "categories",
    Text("分类", "Categories"),
    (
        _column("code", "分类编码", "Category code", "字母、数字、- 或 _；再次导入时按它更新", "Letters, digits, - or _; a later import updates by it"),
        _column("parent", "上级编码", "Parent code", "留空为一级分类", "Empty: a top category"),
        _column("name_zh", "中文名称", "Chinese name", "中英文至少填一个", "At least one of the two names"),
        _column("name_en", "英文名称", "English name", "", "", 18),
        _column("icon", "图标", "Picture", "压缩包里的文件名", "A file name in the zip", 20),
        _column("sort", "排序", "Sort", "整数，小的在前", "A whole number, smaller first", 8),
        _column("visible", "显示", "Visible", "是 / 否，留空为是", "yes / no, empty means yes", 8),
    ),
)  # fmt: skip
PRODUCTS = Sheet(
    "products",
    Text("商品", "Products"),
    (
        _column("code", "商品编码", "Product code", "字母、数字、- 或 _；再次导入时按它更新", "Letters, digits, - or _; a later import updates by it", 18),
        _column("category", "分类编码", "Category code", "本表“分类”页或店里已有的编码", "From the Categories sheet, or one the store has"),
        _column("name_zh", "中文名称", "Chinese name", "中英文至少填一个", "At least one of the two names", 20),
        _column("name_en", "英文名称", "English name", "", "", 22),
        _column("subtitle_zh", "中文卖点", "Chinese subtitle", "一句话", "One line", 28),
        _column("subtitle_en", "英文卖点", "English subtitle", "一句话", "One line", 28),
        _column("pictures", "图片", "Pictures", "压缩包里的文件名，多张用分号隔开；留空保留原图", "File names in the zip, separated by semicolons; empty keeps what is there", 26),
        _column("tags", "标签", "Tags", "新品、热卖、招牌、时令、限量、手作、送礼……用分号隔开", "new; hot; signature; seasonal; limited; handmade; gift …", 16),
        _column("status", "状态", "Status", "上架 / 下架 / 草稿，留空为上架", "on / off / draft, empty means on", 10),
        _column("methods", "配送方式", "Delivery methods", "快递；配送；自提；堂食，留空为店铺全部方式；虚拟商品只填“虚拟”", "express; delivery; pickup; dine_in, empty: all the store offers; virtual alone for virtual goods", 18),
        _column("list_price", "划线价", "List price", "元，可不填", "In yuan, optional", 10),
        _column("spec1", "规格一", "Spec 1", "如：颜色|Colour", "E.g. 颜色|Colour", 16),
        _column("spec2", "规格二", "Spec 2", "如：尺码|Size；没有就留空", "E.g. 尺码|Size; empty when there is none", 16),
        _column("spec3", "规格三", "Spec 3", "", "", 12),
        _column("modifiers", "加料组", "Modifier groups", "“加料”页的组编码，用分号隔开", "Group codes of the Modifiers sheet, separated by semicolons", 20),
        _column("description_zh", "中文详情", "Chinese description", "可用简单的 HTML", "Simple HTML is allowed", 40),
        _column("description_en", "英文详情", "English description", "可用简单的 HTML", "Simple HTML is allowed", 40),
        _column("sort", "排序", "Sort", "整数，小的在前", "A whole number, smaller first", 8),
        _column("brand", "品牌", "Brand", "可不填；留空保留原设置", "Optional; empty keeps what is there", 14),
        _column("return_exception", "无理由退货例外", "7-day return exception", "定制 / 生鲜 / 数字 / 期刊 / 拆封 / 激活 / 临期；“无”为支持七天无理由；留空保留原设置", "custom_made / fresh / digital / periodical / opened / activated / near_expiry; none: the 7 days hold; empty keeps what is there", 16),
    ),
)  # fmt: skip
SKUS = Sheet(
    "skus",
    Text("规格", "SKUs"),
    (
        _column("product", "商品编码", "Product code", "“商品”页里的编码", "A code of the Products sheet", 18),
        _column("code", "SKU编码", "SKU code", "全店不重复", "Unique in the store", 24),
        _column("value1", "规格值一", "Value 1", "如：绿色|Green；可加编码：绿色|Green|green", "E.g. 绿色|Green; with a code of its own: 绿色|Green|green", 20),
        _column("value2", "规格值二", "Value 2", "", "", 16),
        _column("value3", "规格值三", "Value 3", "", "", 12),
        _column("price", "价格", "Price", "元，最多两位小数", "In yuan, at most two decimals", 10),
        _column("list_price", "划线价", "List price", "元，可不填", "In yuan, optional", 10),
        _column("stock", "初始库存", "Initial stock", "只对新 SKU 有效；以后在库存页调整", "For new SKUs only; adjust on the stock page later", 10),
        _column("weight", "重量(克)", "Weight (g)", "算运费用", "For the freight", 10),
        _column("limit", "每单限购", "Limit per order", "留空不限", "Empty: no limit", 10),
        _column("picture", "图片", "Picture", "这个规格的图，压缩包里的文件名", "This combination's picture, a file name in the zip", 24),
    ),
)  # fmt: skip
MODIFIERS = Sheet(
    "modifiers",
    Text("加料", "Modifiers"),
    (
        _column("group", "组编码", "Group code", "同组的选项写同一个编码", "Options of one group share it"),
        _column("group_zh", "中文组名", "Chinese group name", "写在该组第一行", "On the group's first row"),
        _column("group_en", "英文组名", "English group name", "", "", 16),
        _column("min", "最少选", "At least", "0 表示可不选", "0: nothing need be chosen", 8),
        _column("max", "最多选", "At most", "", "", 8),
        _column("code", "选项编码", "Option code", "", ""),
        _column("name_zh", "选项中文", "Chinese option", "", ""),
        _column("name_en", "选项英文", "English option", "", "", 16),
        _column("price", "加价", "Surcharge", "元，留空为 0", "In yuan, empty: 0", 8),
        _column("default", "默认", "Preselected", "是 / 否", "yes / no", 8),
    ),
)  # fmt: skip
SHEETS = (CATEGORIES, PRODUCTS, SKUS, MODIFIERS)

YES = {"是", "yes", "y", "true", "1", "on", "✓"}
NO = {"否", "no", "n", "false", "0", "off", ""}
EXCEPTIONS: dict[str, ReturnException | Literal["none", "keep"]] = {
    "": "keep",
    "无": "none",
    "none": "none",
    "定制": "custom_made",
    "custom_made": "custom_made",
    "生鲜": "fresh",
    "fresh": "fresh",
    "数字": "digital",
    "digital": "digital",
    "期刊": "periodical",
    "periodical": "periodical",
    "拆封": "opened",
    "opened": "opened",
    "激活": "activated",
    "activated": "activated",
    "临期": "near_expiry",
    "near_expiry": "near_expiry",
}
STATUSES: dict[str, Status] = {
    "": "on",
    "上架": "on",
    "on": "on",
    "下架": "off",
    "off": "off",
    "草稿": "draft",
    "draft": "draft",
}
METHODS: dict[str, DeliveryMethod] = {"快递": "express", "express": "express", "配送": "delivery", "delivery": "delivery", "自提": "pickup",
           "pickup": "pickup", "pick-up": "pickup", "堂食": "dine_in", "dine_in": "dine_in", "dine-in": "dine_in", "虚拟": "virtual", "virtual": "virtual"}  # fmt: skip
