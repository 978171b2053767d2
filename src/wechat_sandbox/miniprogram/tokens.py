"""access_token by stable_token. Source: developers.weixin.qq.com, "获取稳定版接口调用凭据"."""

import msgspec

from wechat_sandbox import ids
from wechat_sandbox.clock import Clock, china_day
from wechat_sandbox.miniprogram.errors import WxError
from wechat_sandbox.storage import Storage

VALID_S = 7200
RENEWED_BEFORE_S = 300
FORCED_A_DAY = 20


class Token(msgspec.Struct):
    """A token of an app; `until` in platform seconds."""

    appid: str
    value: str
    until: float


class AppTokens(msgspec.Struct):
    """An app's tokens: the current one, and the one before while both are valid."""

    appid: str
    current: Token | None = None
    before: Token | None = None
    forced_day: str = ""
    forced: int = 0


class Tokens:
    """Gives out and checks access_tokens."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._apps = {tokens.appid: tokens for tokens in storage.load("token", AppTokens)}
        self._owner: dict[str, Token] = {}
        for tokens in self._apps.values():
            for token in (tokens.before, tokens.current):
                if token is not None:
                    self._owner[token.value] = token

    def stable(self, appid: str, *, force: bool) -> tuple[str, int]:
        """(token, seconds left). The same one while it is valid; `force` makes a new one and voids the old.

        In its last five minutes a token is renewed and the old one stays valid to its end. Raises WxError
        45009 after twenty forced ones in a day.
        """
        now = self._clock.now()
        tokens = self._apps.setdefault(appid, AppTokens(appid))
        if force:
            self._count_forced(tokens, now)
            for token in (tokens.before, tokens.current):
                if token is not None:
                    self._owner.pop(token.value, None)
            tokens.before = tokens.current = None
        current = tokens.current
        if current is None or current.until - now <= RENEWED_BEFORE_S:
            if tokens.before is not None:
                self._owner.pop(tokens.before.value, None)
            tokens.before = current
            current = tokens.current = Token(appid, f"{ids.nonce(96)}", now + VALID_S)
            self._owner[current.value] = current
        self._storage.put("token", appid, tokens)
        return current.value, int(current.until - now)

    def app_of(self, value: str | None) -> str:
        """The appid that a token belongs to. Raises WxError 41001, 40001, 42001."""
        if not value:
            raise WxError(41001, "access_token missing")
        token = self._owner.get(value)
        if token is None:
            raise WxError(40001, "invalid credential, access_token is invalid or not latest")
        if token.until <= self._clock.now():
            raise WxError(42001, "access_token expired")
        return token.appid

    def _count_forced(self, tokens: AppTokens, now: float) -> None:
        day = china_day(now)
        if tokens.forced_day != day:
            tokens.forced_day, tokens.forced = day, 0
        if tokens.forced >= FORCED_A_DAY:
            raise WxError(45009, "reach max api daily quota limit")
        tokens.forced += 1
