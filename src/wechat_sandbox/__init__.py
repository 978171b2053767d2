"""A stand-in for the WeChat platform and the WeChat Pay servers, for development and tests.

It speaks the platform's own protocols (API v3 signatures, encrypted notifications, mini-program
server API), keeps its own accounts, orders and clock, shows a cashier page where a person pays, and
injects faults on request. It knows nothing about the shop that talks to it: any SDK whose base
address can be changed works. Start it with ``wechat-sandbox``; see README.md in this folder.
"""

from wechat_sandbox.app import create_app
from wechat_sandbox.config import SandboxConfig

__all__ = ["SandboxConfig", "create_app"]
