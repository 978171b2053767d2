"""A store's products in memory: packed rows, columns, and which product a SKU belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from zhanggui.catalog.columns import Columns, Facts
from zhanggui.catalog.load import product_view
from zhanggui.catalog.packed import Owners, Packed, Unpacked
from zhanggui.catalog.rules import ALL_METHODS
from zhanggui.catalog.views import ProductRow, ProductView, SkuView

SAMPLED = 40


class Goods:
    """Everything but the categories; changed in place by `put`."""

    def __init__(self, unpacked: Unpacked) -> None:
        self.products: Packed[ProductRow, ProductView] = Packed(ProductRow, product_view, unpacked)
        self.columns = Columns()
        self.owners = Owners()
        self.skus: Mapping[UUID, SkuView] = _Skus(self, self.owners)

    def put(self, rows: Sequence[ProductRow]) -> None:
        """Add or replace products. SKUs never leave a product, they only stop being active."""
        self.products.sample(rows[:SAMPLED])
        for row in rows:
            new = row.id not in self.products
            slot = self.columns.put(_facts(row))
            self.products.put(row.id, row)
            for sku in row.skus:
                self.owners.put(sku.id, slot, new=new)


class _Skus(Mapping[UUID, SkuView]):
    """SKUs by id, found through their product."""

    def __init__(self, goods: Goods, owners: Owners) -> None:
        self._goods, self._owners = goods, owners

    def __getitem__(self, key: UUID) -> SkuView:
        slot = self._owners.get(key)
        if slot is None:
            raise KeyError(key)
        product = self._goods.products[self._goods.columns.ids[slot]]
        return next(sku for sku in product.skus if sku.sku_id == key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, UUID) and self._owners.get(key) is not None

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._owners)

    def __len__(self) -> int:
        return len(self._owners)


def _facts(row: ProductRow) -> Facts:
    codes = [row.code, *(s.code for s in row.skus)]
    searched = (
        row.name.zh,
        row.name.en,
        row.subtitle.zh,
        row.subtitle.en,
        row.category_id,
        *row.tags,
        row.brand,
        *codes,
    )
    return Facts(
        id=row.id,
        category_id=row.category_id,
        on=row.status == "on",
        price=row.price,
        sold=row.sold,
        sort=row.sort,
        tags=tuple(dict.fromkeys(row.tags)),
        brand=row.brand,
        methods=tuple(dict.fromkeys(row.delivery_methods or ALL_METHODS)),
        specs=tuple(row.specs),
        text=hash(searched) if row.status == "on" else 0,
    )
