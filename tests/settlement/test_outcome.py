"""After a call that was refused, or of which nothing was heard, decides what the provider has under its number."""

import pytest

from zhanggui.core.jobs import Later
from zhanggui.payments.provider import ProviderRefused
from zhanggui.settlement.payer import outcome
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown

REFUSED, UNSEEN, BUSY = (WeChatRefused(code, "no") for code in ("RULE_LIMIT", "NOT_FOUND", "NO_AUTH"))
UNKNOWN = WeChatUnknown("TIMEOUT", "no answer")


async def says(answer: str | Exception) -> str:
    if isinstance(answer, Exception):
        raise answer
    return answer


@pytest.mark.parametrize("call", ["done", REFUSED, UNKNOWN], ids=str)
async def test_what_is_there_under_the_number_is_what_came_of_it(call: str | Exception) -> None:
    assert await outcome(says(call), lambda: says("done")) == "done"


async def test_only_what_was_refused_and_never_seen_was_not_done() -> None:
    with pytest.raises(ProviderRefused, match="RULE_LIMIT"):
        await outcome(says(REFUSED), lambda: says(UNSEEN))


@pytest.mark.parametrize(
    ("call", "look"),
    [(REFUSED, BUSY), (REFUSED, UNKNOWN), (UNKNOWN, UNSEEN), (UNKNOWN, BUSY), (UNKNOWN, UNKNOWN)],
    ids=str,
)
async def test_as_long_as_it_is_not_known_the_same_number_is_asked_again(
    call: Exception, look: Exception
) -> None:
    with pytest.raises(Later):
        await outcome(says(call), lambda: says(look))
