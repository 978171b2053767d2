"""Products to write in tests of the catalogue."""

from typing import Any
from uuid import UUID

from tests.support.api import Caller


async def category(staff: Caller, name: str = "杯子") -> str:
    """A new category's id."""
    answer = await staff.post("/categories", {"name": {"zh": name, "en": "Cups"}})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def product(category_id: str | UUID, code: str = "mug", **changes: Any) -> dict[str, Any]:
    """The body of a product with one axis and two SKUs."""
    return {
        "code": code,
        "category_id": str(category_id),
        "name": {"zh": "马克杯", "en": "Mug"},
        "status": "on",
        "specs": [
            {
                "code": "colour",
                "name": {"zh": "颜色", "en": "Colour"},
                "values": [
                    {"code": "green", "name": {"zh": "绿", "en": "Green"}},
                    {"code": "black", "name": {"zh": "黑", "en": "Black"}},
                ],
            }
        ],
        "skus": [
            {"code": f"{code}-green", "values": ["green"], "price": 5800, "stock": 3},
            {"code": f"{code}-black", "values": ["black"], "price": 6200},
        ],
        **changes,
    }


async def save(staff: Caller, category_id: str, code: str = "mug", **changes: Any) -> dict[str, Any]:
    """The product as the console answers it."""
    answer = await staff.post("/products", product(category_id, code, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()
