"""Provinces, cities, districts and streets with their official codes; read once per process, about 5 MB.

Where the data come from and under which licence: NOTICE.md in this folder.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from zhanggui.core.errors import ShopError

MUNICIPALITIES = {"110000", "120000", "310000", "500000"}


class Names(NamedTuple):
    """The names on the way to a region; `city` repeats the province for a municipality, what is missing is empty."""

    province: str
    city: str
    district: str
    street: str


class Item(NamedTuple):
    """A region as it is offered for choosing."""

    code: str
    name: str
    leaf: bool


class _Data(msgspec.Struct):
    fetched: str
    children: dict[str, dict[str, str]]


class Regions:
    """All regions in memory, by parent and by code."""

    def __init__(self, raw: bytes) -> None:
        self._children = msgspec.json.decode(gzip.decompress(raw), type=_Data).children
        self._parents = {code: parent for parent, below in self._children.items() for code in below}
        self.etag = f'"{hashlib.sha256(raw).hexdigest()[:16]}"'

    def below(self, parent: str) -> list[Item]:
        """The regions directly below `parent` (provinces for the empty code), in the order of their codes."""
        found = self._children.get(parent, {})
        return [Item(code, name, code not in self._children) for code, name in found.items()]

    def names(self, code: str) -> Names:
        """The names of a region that a parcel can be sent to: a district, a street, or whatever has nothing below.

        Raises 400 `bad_region` for a code that does not exist and 400 `region_too_wide` for a province or a city.
        """
        if code not in self._parents:
            raise ShopError("bad_region", 400, field="region_code")
        way = [code]
        while self._parents[way[0]]:
            way.insert(0, self._parents[way[0]])
        if code in self._children and code.endswith("00"):
            raise ShopError("region_too_wide", 400, field="region_code")
        province, rest = way[0], way[1:]
        city = next((c for c in rest if len(c) == 6 and c.endswith("00")), None)
        district = next((c for c in rest if len(c) == 6 and c != city), None)
        street = next((c for c in rest if len(c) == 9), None)
        own = self._name(province)
        return Names(
            own,
            self._name(city) if city else (own if province in MUNICIPALITIES else ""),
            self._name(district) if district else "",
            self._name(street) if street else "",
        )

    def _name(self, code: str) -> str:
        return self._children[self._parents[code]][code]


@cache
def regions() -> Regions:
    """The one instance of this process."""
    return Regions((files("zhanggui.customers.regions") / "regions.json.gz").read_bytes())
