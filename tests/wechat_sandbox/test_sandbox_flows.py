"""What else moves on a merchant's account: splits, transfers, withdrawals, and the account of a merchant below a platform."""

import base64
import gzip
import hashlib
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.wechat_sandbox.local_servers import ServerThread
from tests.wechat_sandbox.sandbox_actions import approve, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number
from tests.wechat_sandbox.test_sandbox_bills import lines, now, opened, turn_to

APPID, OPENID = "wxflows000000001", "oReceiver000000000000000009"
OAEP = padding.OAEP(
    mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None
)  # the platform's choice


def merchant(connection: httpx.Client, **more: Any) -> Account:
    order = {"appid": APPID, "mode": "public_key", **more}
    return connection.post("/_sandbox/merchants", json=order).raise_for_status().json()


@pytest.fixture(scope="module")
def oracle(server: ServerThread, connection: httpx.Client) -> Oracle:
    return Oracle(server.url, merchant(connection), public_key=True, notify_url="http://127.0.0.1:9/none")


def next_morning(control: httpx.Client) -> None:
    turn_to(control, 1)
    turn_to(control, 11)


def flows(rows: list[list[str]]) -> list[tuple[str, str, str, str]]:
    """Kind, way, amount and our number of each line, fees left out."""
    return sorted((r[4], r[5], r[6], r[10]) for r in rows if "手续费" not in r[4])


def unsealed(oracle: Oracle, where: dict[str, Any]) -> bytes:
    """The plain file behind an encrypted bill, by the merchant's own key."""
    key = serialization.load_pem_private_key(oracle.account["private_key"].encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    secret = key.decrypt(base64.b64decode(where["encrypt_key"]), OAEP)
    status, content = oracle.download(where["download_url"])
    assert status == 200
    assert isinstance(content, bytes)
    plain = gzip.decompress(AESGCM(secret).decrypt(where["nonce"].encode(), content, b""))
    assert hashlib.sha1(plain).hexdigest() == where["hash_value"]
    return plain


def test_what_moved_beside_payments_has_lines_of_its_own(oracle: Oracle, control: httpx.Client) -> None:
    mchid, partner = oracle.account["mchid"], merchant(control)
    turn_to(control, 1)
    day = now(control).date().isoformat()
    shared = place_paid(oracle, control, 10_000, settle_info={"profit_sharing": True})
    settle(control, 61)
    oracle.add_receiver("MERCHANT_ID", partner["mchid"], "PARTNER", partner["name"])
    transaction = oracle.query(out_trade_no=shared)[1]["transaction_id"]
    call = number()
    to = [{"type": "MERCHANT_ID", "account": partner["mchid"], "amount": 1_000, "description": "分成"}]
    assert oracle.split(transaction, call, to, ends=True)[0] == 200
    settle(control, 61)
    confirmed, waiting = number(), number()
    package = oracle.transfer(confirmed, OPENID, 400)[1]["package_info"]
    oracle.transfer(waiting, OPENID, 300)
    control.post(f"/_sandbox/transfers/{package}/confirm", json={}).raise_for_status()
    money = control.get(f"/_sandbox/balances/{mchid}").json()
    assert (money["total"], money["locked"], money["available"]) == (8_600, 300, 8_300)
    assert control.post(f"/_sandbox/balances/{mchid}/draw", json={"amount": 8_301}).status_code == 409
    drawn = control.post(f"/_sandbox/balances/{mchid}/draw", json={"amount": 8_300}).json()["number"]
    next_morning(control)
    _, *rows, _, _ = opened(oracle, oracle.flow_bill(day))
    expected = [
        ("交易", "收入", "100.00", shared),
        ("分账", "支出", "10.00", call),
        ("商家转账", "支出", "4.00", confirmed),
        ("提现", "支出", "83.00", drawn),
    ]
    assert flows(rows) == sorted(expected)
    settle(control, 86_400)  # what nobody confirmed never moved: a bill of the past stays as it was
    assert opened(oracle, oracle.flow_bill(day))[1:-2] == rows
    body = {"mchid": mchid, "bill_date": day}
    for more in (
        {"kind": "amount", "number": call, "value": 1_001},
        {"kind": "missing", "number": confirmed},
        {"kind": "extra", "number": "x1", "value": 7, "what": "transfer"},
        {"kind": "extra", "number": "x2", "value": 8, "what": "strange"},
    ):
        control.post("/_sandbox/bill-differences", json={**body, **more}).raise_for_status()
    _, *rows, _, _ = opened(oracle, oracle.flow_bill(day))
    control.delete("/_sandbox/bill-differences")
    changed = [expected[0], ("分账", "支出", "10.01", call), expected[3]]
    changed += [("商家转账", "支出", "0.07", "x1"), ("其他", "支出", "0.08", "x2")]
    assert flows(rows) == sorted(changed)


def test_the_account_of_a_merchant_below_a_platform_has_an_encrypted_bill_of_its_own(
    oracle: Oracle, control: httpx.Client, server: ServerThread
) -> None:
    turn_to(control, 1)
    day = now(control).date().isoformat()
    below = merchant(control, sub_of=oracle.account["mchid"])
    own = place_paid(oracle, control, 500)
    part = {
        "mchid": oracle.account["mchid"],
        "sub_mchid": below["mchid"],
        "out_trade_no": number(),
        "amount": {"total_amount": 10_000, "currency": "CNY"},
        "attach": "a",
        "description": "拿铁",
    }
    approve(control, oracle.combine("jsapi", number(), [part])[1]["prepay_id"])
    next_morning(control)
    _, *rows, _, _ = opened(oracle, oracle.flow_bill(day))
    assert flows(rows) == [("交易", "收入", "5.00", own)]
    status, answer = oracle.sub_flow_bill(below["mchid"], day)
    assert (status, answer["download_bill_count"]) == (200, 1), answer
    (where,) = answer["download_bill_list"]
    _, *rows, _, _ = lines(unsealed(oracle, where))
    assert flows(rows) == [("交易", "收入", "100.00", part["out_trade_no"])]
    assert rows[-1][7] == "99.40"
    asked = f"/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP&sub_mchid={below['mchid']}"
    trade = opened(oracle, oracle.get(asked))
    assert [row[6] for row in trade[1:-2]] == [part["out_trade_no"]]
    stranger = merchant(control)
    assert oracle.sub_flow_bill(stranger["mchid"], day)[1]["code"] == "NO_AUTH"
    assert oracle.sub_flow_bill(below["mchid"], day, algorithm="SM4_GCM")[1]["code"] == "PARAM_ERROR"
