"""The two pages for people: the cashier, and everything that was seen."""

from wechat_sandbox.pages.views import routes

__all__ = ["routes"]
