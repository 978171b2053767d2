"""The error answers of the mini-program API: HTTP 200 with {errcode, errmsg}."""


class WxError(Exception):
    """A refusal by the platform."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg


def data_format_error(message: str = "data format error") -> WxError:
    """47001: the body is not the JSON that the endpoint expects."""
    return WxError(47001, message)
