"""Products in memory as compressed rows, unpacked when somebody looks at them.

100,000 products with ten SKUs each are a few gigabytes as Python objects and some 60 MB like this. What was looked at lately
stays unpacked (UNPACKED products of all stores), so hot products cost a look-up.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

UNPACKED = 2_000
SKUS_A_BUCKET = 16
RECORD = 20
SAMPLE = 4_000

Row = TypeVar("Row")
View = TypeVar("View")
_numbers = count(1)


class Unpacked(OrderedDict[tuple[int, UUID], object]):
    """What was looked at lately, the oldest first, for all stores of a process."""


class Packed(Mapping[UUID, View], Generic[Row, View]):
    """Views by id, made by `view(row)` out of rows kept as compressed MessagePack. Changed in place by `put`."""

    def __init__(self, row: type[Row], view: Callable[[Row], View], unpacked: Unpacked) -> None:
        self._encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
        self._decode = msgspec.msgpack.Decoder(row).decode
        self._view, self._unpacked, self._number = view, unpacked, next(_numbers)
        self._blobs: dict[UUID, bytes] = {}
        self._sample = b""

    def sample(self, rows: Iterable[Row]) -> None:
        """Learn from a few rows what many have in common. Only before the first `put`."""
        if not self._blobs:
            self._sample = b"".join(self._encode(row) for row in rows)[-SAMPLE:]

    def put(self, key: UUID, row: Row) -> None:
        squeeze = zlib.compressobj(level=1, wbits=-15, memLevel=6, zdict=self._sample)
        self._blobs[key] = squeeze.compress(self._encode(row)) + squeeze.flush()
        self._unpacked.pop((self._number, key), None)

    def remove(self, key: UUID) -> None:
        self._blobs.pop(key, None)
        self._unpacked.pop((self._number, key), None)

    def __getitem__(self, key: UUID) -> View:
        at = (self._number, key)
        known = self._unpacked.get(at)
        if known is not None:
            self._unpacked.move_to_end(at)
            return known  # type: ignore[return-value]  # only this object puts views under its number
        view = self._view(self.row(key))
        self._unpacked[at] = view
        if len(self._unpacked) > UNPACKED:
            self._unpacked.popitem(last=False)
        return view

    def row(self, key: UUID) -> Row:
        """What was put, and nothing kept of it: for whoever passes over all of them."""
        swell = zlib.decompressobj(wbits=-15, zdict=self._sample)
        return self._decode(swell.decompress(self._blobs[key]))

    def __contains__(self, key: object) -> bool:
        return key in self._blobs

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)


class Owners:
    """Which product (by slot) a SKU belongs to, in 20 bytes a SKU: the id and the slot, in buckets of about sixteen."""

    def __init__(self) -> None:
        self._buckets: list[bytes] = [b""]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, sku: UUID, slot: int, *, new: bool = False) -> None:
        """Note a SKU's slot; `new` when it cannot be there yet."""
        if not new:
            self.remove(sku)
        if self._count >= len(self._buckets) * SKUS_A_BUCKET * 2:
            self._grow()
        self._buckets[self._at(sku.bytes)] += sku.bytes + slot.to_bytes(4, "little")
        self._count += 1

    def get(self, sku: UUID) -> int | None:
        found = self._find(sku)
        if found is None:
            return None
        bucket, at = found
        return int.from_bytes(bucket[at + 16 : at + RECORD], "little")

    def remove(self, sku: UUID) -> None:
        found = self._find(sku)
        if found is not None:
            bucket, at = found
            self._buckets[self._at(sku.bytes)] = bucket[:at] + bucket[at + RECORD :]
            self._count -= 1

    def __iter__(self) -> Iterator[UUID]:
        for bucket in self._buckets:
            for at in range(0, len(bucket), RECORD):
                yield UUID(bytes=bucket[at : at + 16])

    def _find(self, sku: UUID) -> tuple[bytes, int] | None:
        key = sku.bytes
        bucket = self._buckets[self._at(key)]
        at = bucket.find(key)
        while at % RECORD and at != -1:
            at = bucket.find(key, at + 1)
        return None if at == -1 else (bucket, at)

    def _at(self, key: bytes) -> int:
        return int.from_bytes(key[-4:], "little") % len(self._buckets)  # a UUIDv7 ends in random bits

    def _grow(self) -> None:
        old, self._buckets = self._buckets, [b""] * (len(self._buckets) * 4)
        for bucket in old:
            for at in range(0, len(bucket), RECORD):
                record = bucket[at : at + RECORD]
                self._buckets[self._at(record[:16])] += record
