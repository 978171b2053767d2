"""Sealing of personal data (AES-256-GCM) and blind indexes for look-up."""

import base64
import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Sealer:
    """Encrypts fields under the current key and opens what any known key sealed.

    `keys` maps key ids (1–255) to 32-byte keys; `current` names the one that seals. The associated data is
    table/column/row, so that a sealed value moved to another row or column does not open.
    """

    def __init__(self, keys: dict[int, bytes], current: int) -> None:
        if current not in keys or any(len(k) != 32 or not 0 < i < 256 for i, k in keys.items()):
            raise ValueError("sealing keys must be 32 bytes with ids 1–255, and the current one among them")
        self._ciphers = {i: AESGCM(k) for i, k in keys.items()}
        self._current = current
        self._index_keys = {i: derive(k, "blind-index") for i, k in keys.items()}

    def seal(self, text: str, table: str, column: str, row: UUID) -> bytes:
        """`key id (1) ‖ nonce (12) ‖ ciphertext and tag`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), _aad(table, column, row))
        return bytes([self._current]) + nonce + sealed

    def open(self, sealed: bytes, table: str, column: str, row: UUID) -> str:
        """The text that was sealed for exactly this table, column and row. Raises ValueError otherwise."""
        cipher = self._ciphers.get(sealed[0])
        if cipher is None:
            raise ValueError(f"sealed with an unknown key {sealed[0]}")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, _aad(table, column, row)).decode()
        except InvalidTag as fault:
            raise ValueError("sealed value does not belong to this row") from fault

    def blind_index(self, text: str, purpose: str) -> bytes:
        """A keyed hash (32 bytes) by which a sealed value can be found without opening any.

        It stays under the lowest key id so that rotation of the sealing key does not lose anybody.
        """
        key = self._index_keys[min(self._index_keys)]
        return hmac.digest(key, f"{purpose}\x00{text}".encode(), "sha256")


def derive(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """A key of `length` bytes for one purpose out of a master secret (HKDF-SHA256)."""
    return HKDF(hashes.SHA256(), length, salt=None, info=purpose.encode()).derive(secret)


def token_hash(token: str) -> bytes:
    """SHA-256 of an unguessable token, as it is stored; never for passwords or short codes."""
    return hashlib.sha256(token.encode()).digest()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _aad(table: str, column: str, row: UUID) -> bytes:
    return f"{table}/{column}/".encode() + row.bytes
