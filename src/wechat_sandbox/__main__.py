"""``python -m wechat_sandbox`` is the same as the ``wechat-sandbox`` command."""

from wechat_sandbox.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
