"""The error answers of WeChat Pay API v3: an HTTP status and {code, message, detail}."""

from typing import Any


class PayError(Exception):
    """A refusal by the platform."""

    def __init__(self, status: int, code: str, message: str, detail: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.detail is not None:
            body["detail"] = self.detail
        return body


def param_error(field: str, issue: str, value: object = None, location: str = "body") -> PayError:
    """400 PARAM_ERROR with the field at fault, in the platform's shape."""
    detail = {"field": field, "value": value, "issue": issue, "location": location}
    return PayError(400, "PARAM_ERROR", f"参数错误: {field} {issue}", detail)


def sign_error(message: str, detail: dict[str, Any] | None = None) -> PayError:
    """401 SIGN_ERROR."""
    return PayError(401, "SIGN_ERROR", message, detail)


def invalid_request(message: str) -> PayError:
    """400 INVALID_REQUEST."""
    return PayError(400, "INVALID_REQUEST", message)
