"""What a page inside WeChat is told where there is no official account, and where the platform does not answer."""

from urllib.parse import parse_qsl, urlsplit

from tests.customers.conftest import Platform
from tests.customers.test_wechat_sign_in import enter
from tests.support.api import Api
from zhanggui.wechat.apps import add_app, mini_program, own_appid


async def test_a_page_is_sent_to_the_official_account_if_there_is_one(api: Api, platform: Platform) -> None:
    platform.people |= {"page": ("o-page", None)}
    buyer = await enter(api, "page")
    for path, body in (("/authorization", {}), ("", {"code": "c", "state": "00"})):
        without = await buyer.post(f"/me/wechat-page{path}", body)
        assert (without.status_code, without.json()["code"]) == (409, "official_account_not_set_up")

    mini = await own_appid(api.rt.db)
    await add_app(api.rt.db, api.rt.sealer, "wxofficial000001", "secret", "official_account")
    assert (await own_appid(api.rt.db), (await mini_program(api.rt)).appid) == (mini, mini)
    url = urlsplit(str((await buyer.post("/me/wechat-page/authorization", {})).json()["url"]))
    asked = dict(parse_qsl(url.query))
    assert (url.path, url.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert (asked["appid"], asked["scope"]) == ("wxofficial000001", "snsapi_base")
    assert asked["redirect_uri"] == f"{api.rt.config.shop_origin}/#/settle/pay/index?wechat=1"
    assert asked["state"].isalnum()
    assert str(buyer.id) not in url.query

    platform.broken = True
    silent = await buyer.post("/me/wechat-page", {"code": "c", "state": asked["state"]})
    assert (silent.status_code, silent.json()["code"]) == (502, "wechat_unavailable")
    await api.rt.db.execute("DELETE FROM wechat_app WHERE kind = 'official_account'")
