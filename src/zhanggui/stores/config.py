"""What a front end must know of the installation before anything else."""

from zhanggui.core.runtime import Runtime
from zhanggui.stores.queries import all_on
from zhanggui.stores.shapes import AppConfig, SandboxConfig, StoreTemplate, WechatConfig
from zhanggui.wechat.apps import own_appid


async def app_config(rt: Runtime) -> AppConfig:
    """The mini-program's appid (empty before there is one), all stores' message templates and the privacy text's version."""
    templates = [
        StoreTemplate(store.id, t.event, t.template_id)
        for store in await all_on(rt)
        for t in store.settings.message_templates
    ]
    sandbox = rt.config.sandbox_origin
    return AppConfig(
        wechat=WechatConfig(await own_appid(rt.db) or ""),
        message_templates=templates,
        privacy_version=rt.config.privacy_version,
        sandbox=SandboxConfig(sandbox) if sandbox else None,
    )
