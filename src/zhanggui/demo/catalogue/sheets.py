"""From a store's TOML to the zip that a merchant would upload: one .xlsx and its pictures."""

import io
import itertools
import tomllib
import zipfile
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta

from zhanggui.catalog.import_template import build

Names = tuple[str, str]
Row = dict[str, object]
DEFAULT_STOCK = 60


class Option(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """An option of a modifier group, written [code, zh, en, yuan, preselected]."""

    code: str
    zh: str
    en: str
    price: float
    default: bool = False


class Group(msgspec.Struct, forbid_unknown_fields=True):
    """A modifier group."""

    name: Names
    min: int
    max: int
    options: list[Option]


class Goods(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A product; amounts in yuan, `extra` by value code, `stock_of` by value codes joined with `-`."""

    code: str
    category: str
    name: Names
    line: Names
    about: Names
    price: float
    tags: list[str] = []
    axes: list[str] = []
    extra: dict[str, float] = {}
    list_price: float | None = None
    weight: int = 0
    stock: Annotated[int, Meta(ge=0)] = DEFAULT_STOCK
    stock_of: dict[str, int] = {}
    methods: list[str] = []
    modifiers: list[str] = []
    coloured: bool = False
    exception: str = ""
    brand: str = ""


class StoreGoods(msgspec.Struct, forbid_unknown_fields=True):
    """A store's file."""

    axes: dict[str, dict[str, Names]]
    categories: dict[str, Names]
    products: list[Goods]
    modifiers: dict[str, Group] = {}
    exception: str = ""
    brand: str = ""


def read(slug: str) -> StoreGoods:
    """The goods of a demo store as written in {slug}.toml."""
    text = (files("zhanggui.demo.catalogue") / f"{slug}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), StoreGoods)


def upload(slug: str) -> bytes:
    """The zip for the importer: products.xlsx and every picture of the store."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        pictures = {name: data for name, data in pictures_of(slug).items() if not name.startswith("store-")}
        archive.writestr("products.xlsx", build(rows(read(slug), set(pictures)), "zh"))
        for name, data in sorted(pictures.items()):
            archive.writestr(f"pictures/{name}", data)
    return out.getvalue()


def pictures_of(slug: str) -> dict[str, bytes]:
    """A store's composed pictures by file name."""
    folder = files("zhanggui.demo") / "pictures" / slug
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".webp")}


def rows(store: StoreGoods, pictures: set[str]) -> dict[str, list[Row]]:
    """Rows by sheet and column key, as import_format names them."""
    return {
        "categories": [
            {
                "code": code,
                "name_zh": zh,
                "name_en": en,
                "sort": n,
                "icon": _if_there(f"category-{code}", pictures),
            }
            for n, (code, (zh, en)) in enumerate(store.categories.items(), start=1)
        ],
        "products": [_product(n, p, store, pictures) for n, p in enumerate(store.products, start=1)],
        "skus": [row for p in store.products for row in _skus(p, store, pictures)],
        "modifiers": [row for code, group in store.modifiers.items() for row in _modifiers(code, group)],
    }


def _product(number: int, goods: Goods, store: StoreGoods, pictures: set[str]) -> Row:
    gallery = [goods.code, *(f"{goods.code}-{v}" for v in _colours(goods)), f"{goods.code}-2"]
    row: Row = {
        "code": goods.code,
        "category": goods.category,
        "name_zh": goods.name[0],
        "name_en": goods.name[1],
        "subtitle_zh": goods.line[0],
        "subtitle_en": goods.line[1],
        "pictures": ";".join(filter(None, (_if_there(name, pictures) for name in gallery))),
        "tags": ";".join(goods.tags),
        "methods": ";".join(goods.methods),
        "list_price": goods.list_price,
        "modifiers": ";".join(goods.modifiers),
        "description_zh": goods.about[0],
        "description_en": goods.about[1],
        "sort": number,
        "return_exception": goods.exception or store.exception,
        "brand": goods.brand or store.brand,
    }
    for place, axis in enumerate(goods.axes, start=1):
        row[f"spec{place}"] = "|".join((*store.axes[axis.split(":")[0]]["name"], axis.split(":")[0]))
    return row


def _skus(goods: Goods, store: StoreGoods, pictures: set[str]) -> list[Row]:
    axes = [(name, values.split(",")) for name, values in (axis.split(":") for axis in goods.axes)]
    made: list[Row] = []
    for values in itertools.product(*(v for _, v in axes)):
        cell = "-".join(values)
        row: Row = {
            "product": goods.code,
            "code": f"{goods.code}-{cell}" if cell else f"{goods.code}-1",
            "price": goods.price + sum(goods.extra.get(v, 0) for v in values),
            "stock": goods.stock_of.get(cell, goods.stock),
            "weight": goods.weight or None,
            "picture": _if_there(f"{goods.code}-{values[0]}", pictures) if goods.coloured else "",
        }
        for place, ((axis, _), value) in enumerate(zip(axes, values, strict=True), start=1):
            row[f"value{place}"] = "|".join((*store.axes[axis][value], value))
        made.append(row)
    return made


def _modifiers(code: str, group: Group) -> list[Row]:
    head: Row = {"group_zh": group.name[0], "group_en": group.name[1], "min": group.min, "max": group.max}
    return [
        {
            **(head if n == 0 else {}),
            "group": code,
            "code": option.code,
            "name_zh": option.zh,
            "name_en": option.en,
            "price": option.price,
            "default": "是" if option.default else "否",
        }
        for n, option in enumerate(group.options)
    ]


def _colours(goods: Goods) -> list[str]:
    return goods.axes[0].split(":")[1].split(",") if goods.coloured else []


def _if_there(name: str, pictures: set[str]) -> str:
    return f"{name}.webp" if f"{name}.webp" in pictures else ""
