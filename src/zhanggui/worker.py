"""The worker process: relays events to jobs and runs what is due. Nothing imports this module."""

import asyncio
import signal
from importlib import import_module

from zhanggui import settings as settings_module
from zhanggui.app import DOMAINS, open_runtime
from zhanggui.core import retention
from zhanggui.core.jobs import work_forever
from zhanggui.followers import following


def register_jobs() -> None:
    """Import every domain's jobs so that their handlers are registered."""
    for domain in DOMAINS:
        name = f"zhanggui.{domain}.jobs"
        try:
            import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise


async def run() -> None:
    """Work until SIGTERM or SIGINT; a job in flight is finished first or its lease runs out."""
    register_jobs()
    settings = settings_module.load()
    unknown = sorted(settings.config.keep_days.keys() - retention.RULES.keys())
    if unknown:
        raise settings_module.SettingsError(
            f"ZHANGGUI_KEEP_DAYS names {', '.join(unknown)}; there are {', '.join(retention.RULES)}"
        )
    async with open_runtime(settings) as rt, following(rt):
        await retention.start(rt.db)
        work = asyncio.create_task(work_forever(rt))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        try:
            await work
        except asyncio.CancelledError:
            return


def main() -> None:
    asyncio.run(run())
