"""Telling the carrier from a waybill number: a table of shapes, and no guess shown as certain; pure.

The carriers publish no common rule. Shapes were compared on 2026-11-22 in public recognisers (BF-zh/Courier-Validation
src/pattern/*.ts and others of its kind) and kept where several agree. Post: the UPU standard S10 (two letters, nine
digits of which the last is a check digit, CN) and China Post's 13-digit domestic numbers (1… EMS, 9… parcels). A prefix
of letters is a carrier's own; digits alone are shared by several, so a shape is sure only where one carrier uses it.
"""

import re
from typing import NamedTuple


class Recognised(NamedTuple):
    """Carriers a number may belong to, likeliest first; `sure` only where exactly one uses such numbers."""

    number: str
    candidates: tuple[str, ...]
    sure: bool

    @property
    def carrier(self) -> str | None:
        """The carrier's code where it is certain, otherwise None: somebody has to choose."""
        return self.candidates[0] if self.sure else None


SHAPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # letters: the carrier's own prefix
    (r"SF\d{12,13}", ("SF",)),
    (r"YT\d{13}", ("YTO",)),
    (r"JT\d{13}", ("JTSD",)),
    (r"JD[0-9A-Z]{2}\d{11}", ("JD",)),
    (r"JD[0-9A-Z]\d{11,12}", ("JD",)),
    (r"DPK\d{12}", ("DBL",)),
    (r"P[A-Z]\d{11}", ("YZPY",)),
    # digits: whoever uses them, likeliest first
    (r"77\d{13}", ("STO",)),
    (r"46\d{13}", ("YD",)),
    (r"[34]\d{14}", ("YD", "STO")),
    (r"6[12]1\d{12}", ("DNWL",)),
    (r"7[3-68]\d{12}", ("ZTO",)),
    (r"9\d{12}", ("YZPY",)),
    (r"1\d{12}", ("EMS", "YD")),
    (r"5\d{12}", ("YD", "EMS")),
    (r"\d{13}", ("YD", "STO")),
    (r"8\d{17}", ("YTO",)),
    (r"\d{12}", ("SF", "STO", "ZTO", "YTO")),
    (r"\d{10}", ("DBL", "YTO")),
    (r"\d{8,9}", ("DBL",)),
)
"""Whole-number shapes, the first that fits decides; a single candidate is a certain one, except below."""

UNSURE = frozenset(
    {r"\d{8,9}"}
)  # only one carrier is known to use them, but too little is said by so few digits
S10 = re.compile(r"([A-Z])[A-Z](\d{8})(\d)(CN|CS)")
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
BLANKS = re.compile(r"[\s\u200b\ufeff]+")


def recognise(number: str) -> Recognised:
    """Which carriers a waybill number may belong to. Blanks and lower case do not matter; nothing known: none."""
    plain = BLANKS.sub("", number).upper()
    post = S10.fullmatch(plain)
    if post is not None:
        code = "EMS" if post[1] == "E" else "YZPY"
        return Recognised(plain, (code,), sure=_check_digit(post[2]) == int(post[3]))
    # A parcel of several pieces: JDX000000000001-1-3 is the first of three under one number.
    whole = re.sub(r"(?<=^JD)([0-9A-Z]+)-\d+-\d+-?$", r"\1", plain)
    for shape, carriers in SHAPES:
        if re.fullmatch(shape, whole):
            return Recognised(plain, carriers, sure=len(carriers) == 1 and shape not in UNSURE)
    return Recognised(plain, (), sure=False)


def _check_digit(serial: str) -> int:
    """UPU S10-12, clause on the check digit: 11 less the weighted sum modulo 11; 10 is written 0 and 11 is written 5."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)
