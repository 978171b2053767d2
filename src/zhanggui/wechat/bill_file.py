"""Bills as files: opened piece by piece where they come encrypted, and hashed as the platform hashes them."""

import gzip
import hashlib
import os
import zlib
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from zhanggui.wechat.errors import WeChatUnknown

PIECE = 1 << 20
TAG = 16


def unseal(key: bytes, nonce: str, sealed: IO[bytes], into: IO[bytes]) -> None:
    """Append to `into` what an AEAD_AES_256_GCM file holds (its tag is its end).

    Raises WeChatUnknown when it was not sealed with this key; what was written must then be thrown away.
    """
    left = sealed.seek(0, os.SEEK_END) - TAG
    if left < 0:
        raise WeChatUnknown("malformed", "an encrypted bill without a tag")
    sealed.seek(left)
    try:
        opener = Cipher(AES(key), GCM(nonce.encode(), sealed.read(TAG))).decryptor()
        sealed.seek(0)
        while piece := sealed.read(min(PIECE, left)):
            left -= len(piece)
            into.write(opener.update(piece))
        opener.finalize()
    except (ValueError, InvalidTag) as fault:
        raise WeChatUnknown("bad_signature", "an encrypted bill does not open") from fault


def unpacked_sha1(packed: IO[bytes]) -> str:
    """SHA-1 (hex) of what a GZIP file holds. Raises WeChatUnknown when it does not unpack."""
    digest = hashlib.sha1(usedforsecurity=False)  # the platform's choice; TLS is what keeps strangers away
    packed.seek(0)
    try:
        with gzip.open(packed) as plain:
            while piece := plain.read(PIECE):
                digest.update(piece)
    except (OSError, EOFError, zlib.error) as fault:
        raise WeChatUnknown("malformed", f"a bill does not unpack: {fault}") from fault
    return digest.hexdigest()
