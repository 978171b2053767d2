"""Mini-programs (and official accounts) with what the platform knows of them."""

import re
import secrets
from typing import Literal

import msgspec

from wechat_sandbox.storage import Storage

APPID = re.compile(r"wx[0-9A-Za-z]{6,30}")
Kind = Literal["mini_program", "official_account"]


class InvalidApp(Exception):
    """An app that cannot be made as asked; the text says why."""


class Template(msgspec.Struct, forbid_unknown_fields=True):
    """A subscription message template: its number and the names of its fields (thing1, amount2, …)."""

    template_id: str
    title: str
    fields: list[str]


class AppOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a caller asks for. Lists given replace what is known; what is left out stays."""

    appid: str | None = None
    name: str | None = None
    secret: str | None = None
    pages: list[str] | None = None
    templates: list[Template] | None = None
    phone_quota: int | None = None
    launch_url: str | None = None
    trade_managed: bool | None = None
    trade_confirmed: bool | None = None
    kind: Kind | None = None
    page_hosts: list[str] | None = None


class App(msgspec.Struct, kw_only=True):
    """An app as it is kept."""

    appid: str
    secret: str
    name: str
    pages: list[str] = []
    """Published pages; while empty, pages are not checked."""
    templates: list[Template] = []
    phone_quota: int | None = None
    """Phone numbers that may still be fetched (None: no limit); at 0 the platform answers 1400001."""
    trade_managed: bool = True
    """Whether 发货信息管理 is open: then money is settled only after receipt."""
    trade_confirmed: bool = True
    """Whether 交易结算管理 is confirmed for all its merchants."""
    launch_url: str | None = None
    """Where a scanned mini-program code leads, so that a stand-in in a browser can open it."""
    kind: Kind = "mini_program"
    page_hosts: list[str] = []
    """网页授权域名 of an official account: hosts (with a port where it is not the usual one) that may get a code."""


class Apps:
    """All apps."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._apps = {app.appid: app for app in storage.load("app", App)}

    def get(self, appid: str) -> App | None:
        """An app by its id."""
        return self._apps.get(appid)

    def listing(self) -> list[App]:
        """All apps, in the order they were made."""
        return list(self._apps.values())

    def provide_id(self, appid: str | None) -> App:
        """The app with this id, made if missing. Raises InvalidApp."""
        return self.provide(AppOrder(appid=appid))

    def provide(self, order: AppOrder) -> App:
        """The app asked for, made if missing, with what is given applied to it. Raises InvalidApp."""
        appid = order.appid or f"wx{secrets.token_hex(8)}"
        if not APPID.fullmatch(appid):
            raise InvalidApp("appid is wx followed by 6 to 30 letters and digits")
        app = self._apps.get(appid)
        if app is None:
            app = App(appid=appid, secret=secrets.token_hex(16), name=f"小程序 {appid[-4:]}")
            self._apps[appid] = app
        app.name = app.name if order.name is None else order.name
        app.secret = app.secret if order.secret is None else order.secret
        app.pages = app.pages if order.pages is None else order.pages
        app.templates = app.templates if order.templates is None else order.templates
        app.phone_quota = app.phone_quota if order.phone_quota is None else order.phone_quota
        app.launch_url = app.launch_url if order.launch_url is None else order.launch_url
        app.trade_managed = app.trade_managed if order.trade_managed is None else order.trade_managed
        app.kind = app.kind if order.kind is None else order.kind
        app.page_hosts = app.page_hosts if order.page_hosts is None else order.page_hosts
        app.trade_confirmed = app.trade_confirmed if order.trade_confirmed is None else order.trade_confirmed
        self.save(app)
        return app

    def save(self, app: App) -> None:
        """Store a changed app."""
        self._storage.put("app", app.appid, app)
