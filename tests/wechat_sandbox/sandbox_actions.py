"""What tests do with a sandbox, in the words of the platform."""

from typing import Any

import httpx

from tests.wechat_sandbox.sandbox_oracle import Oracle, number


def settle(control: httpx.Client, seconds: float = 0) -> None:
    """Turn the clock; when this returns, everything that fell due has happened."""
    control.post("/_sandbox/clock", json={"advance_s": seconds}).raise_for_status()


def approve(control: httpx.Client, prepay_id: str, **how: Any) -> dict[str, Any]:
    """The buyer pays; the first notification has been tried when this returns."""
    answer = control.post(f"/_sandbox/cashier/{prepay_id}/approve", json=how).raise_for_status().json()
    settle(control)
    return answer


def prepay_of(answer: dict[str, Any]) -> str:
    """The prepay_id in whatever an order answered with."""
    if "prepay_id" in answer:
        return answer["prepay_id"]
    return httpx.URL(answer.get("h5_url") or answer["code_url"]).params["prepay_id"]


def place(oracle: Oracle, total: int = 2850, **more: Any) -> tuple[str, str]:
    """A fresh JSAPI order: (out_trade_no, prepay_id)."""
    order = number()
    status, answer = oracle.pay("jsapi", order, total, **more)
    assert status == 200, answer
    return order, answer["prepay_id"]


def place_paid(oracle: Oracle, control: httpx.Client, total: int = 2850, **more: Any) -> str:
    """A fresh paid order's out_trade_no."""
    order, prepay_id = place(oracle, total, **more)
    approve(control, prepay_id)
    return order


def fault(control: httpx.Client, target: str, kind: str, **more: Any) -> dict[str, Any]:
    """Order a fault."""
    answer = control.post("/_sandbox/faults", json={"target": target, "kind": kind, **more})
    return answer.raise_for_status().json()


def notification(
    control: httpx.Client, order: str, event_type: str = "TRANSACTION.SUCCESS"
) -> dict[str, Any]:
    """The sandbox's own record of a notification about an order."""
    listed = control.get("/_sandbox/notifications", params={"out_trade_no": order}).raise_for_status().json()
    (found,) = [n for n in listed["notifications"] if n["event_type"] == event_type]
    return found
