"""Sets of small numbers as bits, and numbers as planes of bits: filters and counts over 100,000 products in microseconds."""

from array import array

DENSE_FROM = 128
"""From this many members on a set is kept as bits; below, as a list, because most facet values are rare."""


class Bits:
    """A set of slots. `number` is the set as one integer, bit n for slot n, made again only after a change."""

    __slots__ = ("_dense", "_few", "_number")

    def __init__(self) -> None:
        self._few: array[int] | None = array("I")
        self._dense = bytearray()
        self._number: int | None = 0

    @classmethod
    def of(cls, number: int) -> "Bits":
        """The set that a number stands for."""
        made = cls()
        made._few, made._number = None, number
        made._dense = bytearray(number.to_bytes((number.bit_length() + 7) // 8, "little"))
        return made

    def add(self, slot: int) -> None:
        self._number = None
        if self._few is not None:
            if slot not in self._few:
                self._few.append(slot)
            if len(self._few) < DENSE_FROM:
                return
            few, self._few = self._few, None
            for one in few:
                self._set(one)
        else:
            self._set(slot)

    def discard(self, slot: int) -> None:
        self._number = None
        if self._few is not None:
            if slot in self._few:
                self._few.remove(slot)
        elif slot >> 3 < len(self._dense):
            self._dense[slot >> 3] &= ~(1 << (slot & 7))

    def __contains__(self, slot: int) -> bool:
        if self._few is not None:
            return slot in self._few
        return slot >> 3 < len(self._dense) and bool(self._dense[slot >> 3] >> (slot & 7) & 1)

    @property
    def number(self) -> int:
        if self._few is not None:
            found = 0
            for slot in self._few:
                found |= 1 << slot
            return found
        if self._number is None:
            self._number = int.from_bytes(self._dense, "little")
        return self._number

    def count_in(self, flags: str, within: int) -> int:
        """How many members lie in a set given both as `flags(set)` and as its number."""
        if self._few is None:
            return (self.number & within).bit_count()
        size = len(flags)
        return sum(flags[~slot] == "1" for slot in self._few if slot < size)

    def _set(self, slot: int) -> None:
        if slot >> 3 >= len(self._dense):
            self._dense.extend(bytes((slot >> 3) + 1 - len(self._dense) + (len(self._dense) >> 3)))
        self._dense[slot >> 3] |= 1 << (slot & 7)


class Planes:
    """A number ≥ 0 for every slot, kept as one set of slots for each binary digit, so that a range is a few ANDs."""

    def __init__(self) -> None:
        self._planes: list[Bits] = []

    @classmethod
    def of(cls, numbers: "array[int]") -> "Planes":
        """The planes of many numbers at once."""
        made = cls()
        for digit in range(max(numbers, default=0).bit_length()):
            bits = bytearray(b"0") * len(numbers)
            for slot, number in enumerate(numbers):
                if number >> digit & 1:
                    bits[~slot] = 49  # ord("1")
            made._planes.append(Bits.of(int(bits, 2)))
        return made

    def put(self, slot: int, old: int, new: int) -> None:
        """Replace a slot's number; a slot never put has 0."""
        changed = old ^ new
        while len(self._planes) < changed.bit_length():
            self._planes.append(Bits())
        for digit in range(changed.bit_length()):
            if changed >> digit & 1:
                plane = self._planes[digit]
                plane.add(slot) if new >> digit & 1 else plane.discard(slot)

    def below(self, bound: int, within: int) -> int:
        """Those of the set `within` whose number is less than `bound`."""
        if bound <= 0:
            return 0
        if bound.bit_length() > len(self._planes):
            return within
        less, equal = 0, within
        for digit in reversed(range(len(self._planes))):
            having = equal & self._planes[digit].number
            if bound >> digit & 1:
                less |= equal ^ having
                equal = having
            else:
                equal ^= having
        return less


def flags(number: int, size: int) -> str:
    """A set as text: `flags[~slot] == "1"` when slot is in it."""
    return format(number, f"0{size}b") if size else ""


def members(number: int) -> list[int]:
    """The slots of a set, ascending."""
    text = bin(number)
    last, found, at = len(text) - 1, list[int](), text.rfind("1")
    while at > 1:
        found.append(last - at)
        at = text.rfind("1", 2, at)
    return found


def from_slots(slots: "array[int] | list[int]", size: int) -> int:
    """The number of a set given as slots, each below `size`."""
    if not size:
        return 0
    buffer = bytearray(b"0") * size
    for slot in slots:
        buffer[~slot] = 49  # ord("1")
    return int(buffer, 2)
