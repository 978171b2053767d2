"""The legal entity (商户主体) whose business a store is: its name and its unified social credit code."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.stores.rules import LegalEntity

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a code: no I, O, S, V, Z."""
WEIGHTS = [pow(3, place, 31) for place in range(17)]

ON_ENTITY: list[Callable[[Connection, UUID, str | None], Awaitable[None]]] = []
"""Who has to agree before a store's entity becomes another one (its new code, or None), in the transaction that writes it."""


def is_credit_code(code: str) -> bool:
    """Whether this is a unified social credit code: 18 characters, the last one its check digit (GB 32100-2015)."""
    if len(code) != 18 or not set(code) <= set(ALPHABET):
        return False
    total = sum(weight * ALPHABET.index(one) for weight, one in zip(WEIGHTS, code, strict=False))
    return ALPHABET[-total % 31] == code[17]


def named(given: LegalEntity) -> LegalEntity:
    """The entity as it is kept. Raises 400 `credit_code_wrong`, `entity_name_needed` with the field at fault."""
    name, code = given.name.strip(), given.code.strip().upper()
    if not name:
        raise ShopError("entity_name_needed", 400, field="entity.name")
    if not is_credit_code(code):
        raise ShopError("credit_code_wrong", 400, field="entity.code")
    return LegalEntity(name, code)
