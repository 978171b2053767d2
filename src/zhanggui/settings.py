"""Settings from the environment; production refuses to start on a default or a missing secret.

| variable | meaning | default |
| --- | --- | --- |
| ZHANGGUI_DATABASE_URL | outside PostgreSQL ≥ 15; without it the embedded one in the data folder | embedded |
| ZHANGGUI_DATA_DIR | pictures, keys, embedded database | .data of a checkout, ~/.local/share/zhanggui when installed |
| ZHANGGUI_ENV | production or development | development |
| ZHANGGUI_SHOP_ORIGIN / ZHANGGUI_CONSOLE_ORIGIN | public addresses without trailing slash | http://127.0.0.1:8780 / :8781 |
| ZHANGGUI_MASTER_KEYS | `id:base64url,…`: 32-byte keys, the last one seals | made at first start in development |
| ZHANGGUI_WECHAT_API / ZHANGGUI_WECHAT_PAY | platform addresses | the platform's own |
| ZHANGGUI_SANDBOX_ORIGIN | set when the sandbox stands in for the platform; the two above then default to it | none |
| ZHANGGUI_KEEP_DAYS | `events:7,keys:14,jobs:14,sessions:30,codes:2,nonces:1,staff_sessions:30`: days after which rows that only served to carry something out are cleared away | as shown |
| ZHANGGUI_SMS | `tencent:SECRET_ID:SECRET_KEY:SDK_APP_ID:SIGN_NAME:TEMPLATE_ID` (Tencent Cloud SMS) | the sandbox's inbox when there is one |
"""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zhanggui.core.runtime import Config, SmsAccount

PLATFORM_API = "https://api.weixin.qq.com"
PLATFORM_PAY = "https://api.mch.weixin.qq.com"


class SettingsError(Exception):
    """A sentence that says what is wrong with the settings and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything the assembly needs; domains see only `config`."""

    config: Config
    database_url: str | None
    master_keys: dict[int, bytes]

    @property
    def sealing_key(self) -> int:
        return max(self.master_keys)

    @property
    def token_secret(self) -> bytes:
        return self.master_keys[self.sealing_key]


def default_data_dir() -> Path:
    """Where data lie when nothing says otherwise: .data of a checkout, the user's data folder when installed."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "Makefile").is_file():
        return checkout / ".data"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "zhanggui"


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError in production when a secret or an origin is missing."""
    env = os.environ if env is None else env
    production = env.get("ZHANGGUI_ENV", "development") == "production"
    data_dir = Path(env.get("ZHANGGUI_DATA_DIR") or default_data_dir()).resolve()
    sandbox = env.get("ZHANGGUI_SANDBOX_ORIGIN") or None
    if production and sandbox:
        raise SettingsError(
            "ZHANGGUI_SANDBOX_ORIGIN is set: production never talks to the sandbox; unset it."
        )
    if production and not (env.get("ZHANGGUI_SHOP_ORIGIN") and env.get("ZHANGGUI_CONSOLE_ORIGIN")):
        raise SettingsError("Set ZHANGGUI_SHOP_ORIGIN and ZHANGGUI_CONSOLE_ORIGIN to the public addresses.")
    config = Config(
        data_dir=data_dir,
        shop_origin=env.get("ZHANGGUI_SHOP_ORIGIN", "http://127.0.0.1:8780"),
        console_origin=env.get("ZHANGGUI_CONSOLE_ORIGIN", "http://127.0.0.1:8781"),
        wechat_api_origin=env.get("ZHANGGUI_WECHAT_API", sandbox or PLATFORM_API),
        wechat_pay_origin=env.get("ZHANGGUI_WECHAT_PAY", sandbox or PLATFORM_PAY),
        sandbox_origin=sandbox,
        production=production,
        sms=_sms(env.get("ZHANGGUI_SMS")),
        keep_days=_keep_days(env.get("ZHANGGUI_KEEP_DAYS")),
    )
    return Settings(
        config, env.get("ZHANGGUI_DATABASE_URL") or None, _master_keys(env, data_dir, production=production)
    )


def _sms(text: str | None) -> SmsAccount | None:
    if not text:
        return None
    provider, *parts = text.split(":")
    if provider != "tencent" or len(parts) != 5 or not all(parts):
        raise SettingsError(
            "ZHANGGUI_SMS must look like tencent:SECRET_ID:SECRET_KEY:SDK_APP_ID:SIGN_NAME:TEMPLATE_ID"
        )
    return SmsAccount(*parts)


def _keep_days(text: str | None) -> dict[str, int]:
    pairs = [part.strip().partition(":") for part in (text or "").split(",") if part.strip()]
    if any(not (days.isdecimal() and 0 < int(days) <= 3_650) for _, _, days in pairs):
        raise SettingsError("ZHANGGUI_KEEP_DAYS must look like events:7,jobs:14 (1 to 3650 days)")
    return {name: int(days) for name, _, days in pairs}


def _master_keys(env: Mapping[str, str], data_dir: Path, *, production: bool) -> dict[int, bytes]:
    given = env.get("ZHANGGUI_MASTER_KEYS")
    if given:
        return _parse_keys(given)
    if production:
        raise SettingsError(
            "Set ZHANGGUI_MASTER_KEYS (zhanggui doctor --new-key prints one); there is no default."
        )
    file = data_dir / "master.key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        text = "1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(text)
    return _parse_keys(file.read_text())


def _parse_keys(text: str) -> dict[int, bytes]:
    try:
        pairs = [part.split(":", 1) for part in text.strip().split(",")]
        keys = {int(number): base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)) for number, key in pairs}
    except ValueError as fault:
        raise SettingsError("ZHANGGUI_MASTER_KEYS must look like 1:BASE64URL,2:BASE64URL") from fault
    if any(len(key) != 32 or not 0 < number < 256 for number, key in keys.items()):
        raise SettingsError("Every key in ZHANGGUI_MASTER_KEYS must be 32 bytes with an id from 1 to 255")
    return keys
