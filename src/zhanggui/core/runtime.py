"""The handles that a use case is given: made once per process by app.py or worker.py, never global."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Pool
from zhanggui.core.tokens import TokenSigner

T = TypeVar("T")


@dataclass(frozen=True)
class SmsAccount:
    """Tencent Cloud SMS: the API key pair, the application, the approved signature and the code template."""

    secret_id: str
    secret_key: str = field(repr=False)
    sdk_app_id: str
    sign_name: str
    template_id: str


@dataclass(frozen=True)
class Config:
    """What domains may know of the installation; settings.py fills it from the environment.

    Origins have no trailing slash. `sandbox_origin` is set where the local stand-in of the platform is in use.
    """

    data_dir: Path
    shop_origin: str
    console_origin: str
    wechat_api_origin: str
    wechat_pay_origin: str
    sandbox_origin: str | None
    production: bool
    privacy_version: str = "2026-11"
    sms: SmsAccount | None = None
    keep_days: Mapping[str, int] = field(default_factory=dict[str, int])
    """How long rows are kept by the name of their rule (core.retention), where settings say so."""


@dataclass
class Runtime:
    """`db` for writes and hot reads (asyncpg), `reads` for console lists (SQLAlchemy, never writes)."""

    db: Pool
    reads: AsyncEngine
    http: httpx.AsyncClient
    sealer: Sealer
    signer: TokenSigner
    config: Config
    singletons: dict[str, Any] = field(default_factory=dict[str, Any])

    def once(self, name: str, make: Callable[[], T]) -> T:
        """The one object called `name` of this process (a batcher, a cache), made when first asked for."""
        if name not in self.singletons:
            self.singletons[name] = make()
        return self.singletons[name]
