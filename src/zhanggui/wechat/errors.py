"""How a call to the platform can fail. The difference that matters is whether it may have taken effect."""


class WeChatError(Exception):
    """A call that did not succeed; `code` is the platform's own (`40029`, `ORDERPAID`) or a word of ours."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class WeChatRefused(WeChatError):
    """The platform answered that it did not do it."""


class WeChatUnknown(WeChatError):
    """No trustworthy answer (time-out, lost connection, 5xx, 429, bad signature): it may have been done or not.

    Ask (query) before anything else, and repeat only with the same number.
    """
