"""Reads the fields of a request body as the platform checks them: each refusal names its field."""

import hashlib
import re
from collections.abc import Collection
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec

from wechat_sandbox.pay.errors import param_error

Body = dict[str, Any]


class Fields:
    """A JSON object of the request, with the path that leads to it."""

    def __init__(self, values: Body, path: str = "") -> None:
        self._values = values
        self._path = path

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str, most: int, *, least: int = 1, pattern: re.Pattern[str] | None = None) -> str:
        """A required text of `least` to `most` characters."""
        value = self._values.get(name)
        if value is None:
            raise param_error(self._at(name), "必填 / is required")
        if not isinstance(value, str):
            raise param_error(self._at(name), "应为字符串 / must be a string", value)
        if not least <= len(value) <= most:
            raise param_error(self._at(name), f"长度应为 {least}–{most} / length", value)
        if pattern is not None and not pattern.fullmatch(value):
            raise param_error(self._at(name), "格式不正确 / malformed", value)
        return value

    def optional_text(self, name: str, most: int) -> str | None:
        """An optional text of at most `most` characters."""
        return self.text(name, most, least=0) if self.has(name) else None

    def integer(self, name: str, *, least: int, most: int = 10_000_000_000) -> int:
        """A required integer (amounts are fen)."""
        value = self._values.get(name)
        if value is None:
            raise param_error(self._at(name), "必填 / is required")
        if not isinstance(value, int) or isinstance(value, bool):
            raise param_error(self._at(name), "应为整数 / must be an integer", value)
        if not least <= value <= most:
            raise param_error(self._at(name), f"应在 {least}–{most} 之间 / out of range", value)
        return value

    def flag(self, name: str) -> bool:
        """An optional boolean, false when left out."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise param_error(self._at(name), "应为布尔值 / must be a boolean", value)
        return value

    def inner(self, name: str) -> "Fields":
        """A required object."""
        value = self._values.get(name)
        if value is None:
            raise param_error(self._at(name), "必填 / is required")
        if not isinstance(value, dict):
            raise param_error(self._at(name), "应为对象 / must be an object")
        return Fields(cast(Body, value), f"{self._path}{name}/")

    def inner_list(self, name: str, *, most: int) -> "list[Fields]":
        """A required list of 1 to `most` objects."""
        value = self._values.get(name)
        if value is None:
            raise param_error(self._at(name), "必填 / is required")
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in cast(list[Any], value)):
            raise param_error(self._at(name), "应为对象数组 / must be a list of objects")
        found = cast(list[Body], value)
        if not 1 <= len(found) <= most:
            raise param_error(self._at(name), f"条数应为 1–{most} / number of entries", len(found))
        return [Fields(one, f"{self._path}{name}/{i}/") for i, one in enumerate(found)]

    def optional_inner(self, name: str) -> "Fields | None":
        """An optional object."""
        return self.inner(name) if self.has(name) else None

    def raw(self, name: str) -> Any:
        """The value as it came, None when left out."""
        return self._values.get(name)

    def address(self, name: str) -> str:
        """A required notification address: http(s), no query, at most 255 characters.

        The platform accepts https on the public network only; here plain http is allowed, for loopback's sake.
        """
        value = self.text(name, 255)
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise param_error(self._at(name), "应为不带参数的 URL / must be a URL without query", value)
        return value

    def _at(self, name: str) -> str:
        return f"/{self._path}{name}"


def fingerprint_of(body: Body, *more: str, without: Collection[str] = ()) -> str:
    """What tells a repeated request from another one under the same number: all its fields but those `without`."""
    compared = {name: value for name, value in body.items() if name not in without}
    return hashlib.sha256(msgspec.json.encode([*more, compared], order="deterministic")).hexdigest()
