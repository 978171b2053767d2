"""Types of input that recur at the edge, each with its bounds, so that bad values never reach a use case."""

from typing import Annotated

from msgspec import Meta

from zhanggui.core.money import MAX_AMOUNT

Fen = Annotated[int, Meta(ge=0, le=MAX_AMOUNT, description="amount in the currency's minor unit (fen)")]
Quantity = Annotated[int, Meta(ge=1, le=9_999)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_\-]+$")]
Line = Annotated[str, Meta(max_length=200)]
Paragraph = Annotated[str, Meta(max_length=2_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
