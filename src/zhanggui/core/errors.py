"""Errors a caller can act on: RFC 9457 problem details with a stable `code`."""

from typing import Any

import msgspec

from zhanggui.core.i18n import Locale, Text, message


class FieldError(msgspec.Struct, frozen=True):
    """One field at fault: dotted path in the body or the parameter's name, code and text."""

    field: str
    code: str
    message: str = ""


class Problem(msgspec.Struct, omit_defaults=True):
    """The body of `application/problem+json` (RFC 9457) as every endpoint answers it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    errors: list[FieldError] | None = None
    data: Any = None


class ShopError(Exception):
    """A refusal with an HTTP status and a message code of some domain's messages.json.

    `params` fill the message's placeholders, `field` names the input at fault, `data` is machine-readable help (a
    fresh quote, what is left in stock), `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        status: int = 400,
        *,
        field: str | None = None,
        errors: list[FieldError] | None = None,
        data: Any = None,
        retry_after: int | None = None,
        **params: object,
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.field, self.errors = code, status, field, errors
        self.data, self.retry_after, self.params = data, retry_after, params

    def problem(self, locale: Locale) -> Problem:
        params = {k: _in(locale, v) for k, v in self.params.items()}
        errors = [
            FieldError(e.field, e.code, e.message or message(e.code, locale, **params))
            for e in self.errors or []
        ]
        return Problem(
            type=f"urn:zhanggui:{self.code}",
            title=message(f"http_{self.status}", locale),
            status=self.status,
            detail=message(self.code, locale, **params),
            code=self.code,
            field=self.field or (errors[0].field if errors else None) or None,
            errors=errors or None,
            data=self.data,
        )


def _in(locale: Locale, param: object) -> object:
    if isinstance(param, Text):
        return param.pick(locale)
    return param.named(locale) if isinstance(param, Thing) else param


def not_found(what: str, field: str | None = None) -> ShopError:
    """404 `not_found`; also the answer for what belongs to somebody else, so that nothing can be probed.

    `what` is named in the caller's language by the message `thing_<what>`, spaces as underscores.
    """
    return ShopError("not_found", 404, field=field, what=Thing(what))


class Thing(str):
    """A kind of thing that messages name in the caller's language."""

    __slots__ = ()

    def named(self, locale: Locale) -> str:
        code = f"thing_{self.replace(' ', '_')}"
        known = message(code, locale)
        return str(self) if known == code else known
