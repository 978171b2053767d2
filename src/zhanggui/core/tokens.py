"""Short signed tokens that are verified without SQL: a buyer's access token, a WebSocket ticket."""

import hmac
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from zhanggui.core import clock
from zhanggui.core.crypto import derive

ACCESS_SECONDS = 900
TICKET_SECONDS = 30


class TokenSigner:
    """Signs and verifies HS256 JSON Web Tokens; each purpose has its own key, so tokens cannot change roles."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: dict[str, OctKey] = {}
        self._mac_keys: dict[str, bytes] = {}

    def sign(self, purpose: str, subject: UUID, seconds: int, **claims: Any) -> str:
        """A token for `subject` that lives `seconds`."""
        expires = int(clock.now().timestamp()) + seconds
        return jwt.encode(
            {"alg": "HS256"}, {"sub": str(subject), "exp": expires, **claims}, self._key(purpose)
        )

    def verify(self, purpose: str, token: str) -> dict[str, Any] | None:
        """The claims of a good token, None for anything else (wrong key, expired, malformed)."""
        try:
            claims = jwt.decode(token, self._key(purpose), algorithms=["HS256"]).claims
            UUID(claims["sub"])
            return claims if claims["exp"] > clock.now().timestamp() else None
        except (JoseError, ValueError, KeyError, TypeError):
            return None

    def mac(self, purpose: str, data: bytes) -> bytes:
        """HMAC-SHA256 of `data` under this purpose's own key (32 bytes), for tokens that are not JSON."""
        if purpose not in self._mac_keys:
            self._mac_keys[purpose] = derive(self._secret, f"mac/{purpose}")
        return hmac.digest(self._mac_keys[purpose], data, "sha256")

    def _key(self, purpose: str) -> OctKey:
        if purpose not in self._keys:
            self._keys[purpose] = OctKey.import_key(derive(self._secret, f"token/{purpose}"))
        return self._keys[purpose]
