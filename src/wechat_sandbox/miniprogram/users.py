"""Test users of the platform, and the single-use codes by which a mini-program learns who they are."""

from typing import Literal

import msgspec

from wechat_sandbox import ids
from wechat_sandbox.clock import Clock
from wechat_sandbox.miniprogram.errors import WxError
from wechat_sandbox.storage import Storage

CODE_VALID_S = 300


class User(msgspec.Struct):
    """A person in one app."""

    appid: str
    name: str
    openid: str
    unionid: str


Kind = Literal["login", "phone", "page"]


class Code(msgspec.Struct):
    """A code of wx.login or a page's authorization (its value is the user's name) or getPhoneNumber (the number)."""

    kind: Kind
    appid: str
    value: str
    until: float
    used: bool = False


class Users:
    """All users that ever signed in, and the codes of the last minutes."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._users = {user.openid: user for user in storage.load("user", User)}
        self._codes: dict[str, Code] = {}
        self.present = "网页用户"
        """Who holds the phone on which pages are opened."""

    def provide(self, appid: str, name: str) -> User:
        """The user of this name in this app; the same name is the same person in every app."""
        openid = ids.openid_for(appid, name)
        user = self._users.get(openid)
        if user is None:
            user = self._users[openid] = User(appid, name, openid, ids.unionid_for(name))
            self._storage.put("user", openid, user)
        return user

    def app_of(self, openid: str) -> str | None:
        """The app that an openid belongs to; None for one that the sandbox did not give out."""
        user = self._users.get(openid)
        return user.appid if user else None

    def mint_code(self, kind: Kind, appid: str, value: str) -> str:
        """A code that works once, within five minutes of platform time."""
        now = self._clock.now()
        # The table is in the order of minting, so what has run out stands at its front.
        while self._codes and next(iter(self._codes.values())).until + CODE_VALID_S < now:
            del self._codes[next(iter(self._codes))]
        code = ids.nonce(64) if kind == "phone" else ids.nonce(32)
        self._codes[code] = Code(kind, appid, value, now + CODE_VALID_S)
        return code

    def use_code(self, kind: Kind, appid: str, code: str) -> str:
        """The value behind a code. Raises WxError 40029 (unknown, expired, another app's), 40163 (used)."""
        found = self._codes.get(code)
        if found is None or found.kind != kind or found.appid != appid or found.until < self._clock.now():
            raise WxError(40029, "invalid code")
        if found.used:
            raise WxError(40029 if kind == "phone" else 40163, "code been used")
        found.used = True
        return found.value
