"""RSA keys, certificates and the two ciphers of API v3 (SHA256-with-RSA, AEAD_AES_256_GCM)."""

import base64
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

_PADDING = padding.PKCS1v15()
_HASH = hashes.SHA256()
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303  # the platform's choice


def new_key() -> rsa.RSAPrivateKey:
    """A fresh 2048-bit key, the size WeChat Pay uses."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """PKCS#8, unencrypted: the form of apiclient_key.pem."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key: rsa.RSAPublicKey) -> str:
    """SubjectPublicKeyInfo: the form of pub_key.pem."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def load_private(pem: str) -> rsa.RSAPrivateKey:
    """Read a private key. Raises ValueError when it is not an RSA key in PEM."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key


def new_certificate(
    key: rsa.RSAPrivateKey, name: str, valid: timedelta = timedelta(days=5 * 365)
) -> tuple[str, str]:
    """A self-signed certificate: (serial number as 40 hex digits, PEM). `valid` counts from now, by the real clock."""
    serial = x509.random_serial_number()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WeChat sandbox test CA")]))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + valid)
        .sign(key, _HASH)
    )
    return f"{serial:040X}", certificate.public_bytes(serialization.Encoding.PEM).decode()


def sign(key: rsa.RSAPrivateKey, *lines: str) -> str:
    """Base64 of SHA256-with-RSA over the lines, each ended by a line feed."""
    message = "".join(f"{line}\n" for line in lines).encode()
    return base64.b64encode(key.sign(message, _PADDING, _HASH)).decode()


def verifies(key: rsa.RSAPublicKey, signature: str, message: bytes) -> bool:
    """Whether `signature` (base64) is one of `message` by the holder of `key`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, _PADDING, _HASH)
    except (InvalidSignature, ValueError):
        return False
    return True


def encrypt(api_v3_key: str, nonce: str, associated_data: str, plain: bytes) -> str:
    """AEAD_AES_256_GCM as in notifications and certificate downloads: base64 of text and tag."""
    cipher = AESGCM(api_v3_key.encode()).encrypt(nonce.encode(), plain, associated_data.encode())
    return base64.b64encode(cipher).decode()


def open_field(key: rsa.RSAPrivateKey, ciphertext: str) -> str:
    """A sensitive field of a request: base64 of RSAES-OAEP (SHA-1) under the platform's key. Raises ValueError."""
    return key.decrypt(base64.b64decode(ciphertext, validate=True), _OAEP).decode()


def seal_field(certificate: str, text: str) -> str:
    """The same the other way: under the key of a merchant's certificate (PEM)."""
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("a merchant's certificate has an RSA key")
    return base64.b64encode(key.encrypt(text.encode(), _OAEP)).decode()
