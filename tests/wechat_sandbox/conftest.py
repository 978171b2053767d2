"""One sandbox for the session, a merchant in each key mode, and a fresh merchant's server for each test."""

from collections.abc import Iterator

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver, ServerThread, receiving
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle
from wechat_sandbox import SandboxConfig

NOTIFY_TIMEOUT_S = 0.4


@pytest.fixture(scope="session")
def server() -> Iterator[ServerThread]:
    """One sandbox for the whole session: RSA keys are made once."""
    thread = ServerThread(SandboxConfig(seed=7, notify_timeout_s=NOTIFY_TIMEOUT_S))
    yield thread
    thread.stop()


@pytest.fixture(scope="session")
def connection(server: ServerThread) -> Iterator[httpx.Client]:
    """One HTTP client for all tests: making one costs more than most tests do."""
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def control(connection: httpx.Client) -> Iterator[httpx.Client]:
    """The control API; faults and clock are as at the start after each test."""
    connection.delete("/_sandbox/faults").raise_for_status()
    yield connection
    connection.delete("/_sandbox/faults").raise_for_status()
    connection.post("/_sandbox/clock", json={"speed": 1}).raise_for_status()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as waiting:
        yield waiting


def _account(server: ServerThread, mchid: str, mode: str) -> Account:
    order = {"mchid": mchid, "appid": f"wxshop{mchid}", "mode": mode}
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        return client.post("/_sandbox/merchants", json=order).raise_for_status().json()


@pytest.fixture(scope="session")
def accounts(server: ServerThread) -> dict[str, Account]:
    """A merchant in each key mode."""
    return {
        "certificate": _account(server, "1900000101", "certificate"),
        "public_key": _account(server, "1900000102", "public_key"),
        "both": _account(server, "1900000103", "both"),
    }


@pytest.fixture(scope="session")
def merchant(server: ServerThread, accounts: dict[str, Account]) -> Oracle:
    """The oracle as a merchant in public-key mode; its key is parsed once."""
    return Oracle(server.url, accounts["public_key"], public_key=True, notify_url="http://127.0.0.1:9/none")


@pytest.fixture
def shop(merchant: Oracle, receiver: Receiver) -> Oracle:
    """That merchant, with a server of this test for its notifications."""
    merchant.notify_to(receiver.url)
    return merchant
