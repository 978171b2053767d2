"""What is remembered of transfers, and how the platform answers about them."""

from typing import Any, Literal

import msgspec

from wechat_sandbox.clock import china_time
from wechat_sandbox.storage import Storage

State = Literal["ACCEPTED", "WAIT_USER_CONFIRM", "SUCCESS", "FAIL", "CANCELLED"]
LIVE = ("ACCEPTED", "WAIT_USER_CONFIRM")


class Transfer(msgspec.Struct, kw_only=True):
    """A transfer. Amount in fen, times platform seconds since the epoch."""

    mchid: str
    appid: str
    out_bill_no: str
    transfer_bill_no: str
    package_info: str
    openid: str
    amount: int
    remark: str
    scene_id: str
    fingerprint: str
    created_at: float
    updated_at: float
    confirm_by: float
    notify_url: str | None = None
    user_name: str | None = None
    state: State = "ACCEPTED"
    fail_reason: str | None = None

    def describe(self) -> dict[str, Any]:
        """The transfer as a query answers it."""
        answer: dict[str, Any] = {
            "mch_id": self.mchid,
            "appid": self.appid,
            "out_bill_no": self.out_bill_no,
            "transfer_bill_no": self.transfer_bill_no,
            "state": self.state,
            "transfer_amount": self.amount,
            "transfer_remark": self.remark,
            "openid": self.openid,
            "create_time": china_time(self.created_at),
            "update_time": china_time(self.updated_at),
        }
        if self.fail_reason is not None:
            answer["fail_reason"] = self.fail_reason
        if self.state == "WAIT_USER_CONFIRM":
            answer["package_info"] = self.package_info
        return answer

    def accepted(self) -> dict[str, Any]:
        """The transfer as accepting answers it."""
        answer: dict[str, Any] = {
            "out_bill_no": self.out_bill_no,
            "transfer_bill_no": self.transfer_bill_no,
            "create_time": china_time(self.created_at),
            "state": self.state,
        }
        if self.state == "WAIT_USER_CONFIRM":
            answer["package_info"] = self.package_info
        if self.fail_reason is not None:
            answer["fail_reason"] = self.fail_reason
        return answer


class TransferBook:
    """All transfers, by the merchant's number and by what the user's client was handed."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._by_number: dict[tuple[str, str], Transfer] = {}
        self._by_package: dict[str, Transfer] = {}
        for transfer in storage.load("transfer", Transfer):
            self._index(transfer)

    def by_number(self, mchid: str, out_bill_no: str) -> Transfer | None:
        """A transfer by the merchant's number."""
        return self._by_number.get((mchid, out_bill_no))

    def by_package(self, package_info: str) -> Transfer | None:
        """A transfer by what `wx.requestMerchantTransfer` is given."""
        return self._by_package.get(package_info)

    def by_bill(self, mchid: str, transfer_bill_no: str) -> Transfer | None:
        """A transfer by the platform's number."""
        return next((t for t in self.of(mchid) if t.transfer_bill_no == transfer_bill_no), None)

    def of(self, mchid: str) -> list[Transfer]:
        """A merchant's transfers, oldest first."""
        return [t for t in self._by_number.values() if t.mchid == mchid]

    def live(self) -> list[Transfer]:
        """Those without a result, for resuming after a restart."""
        return [t for t in self._by_number.values() if t.state in LIVE]

    def save(self, transfer: Transfer) -> None:
        """Keep a new or changed transfer."""
        self._index(transfer)
        self._storage.put("transfer", f"{transfer.mchid}/{transfer.out_bill_no}", transfer)

    def _index(self, transfer: Transfer) -> None:
        self._by_number[transfer.mchid, transfer.out_bill_no] = transfer
        self._by_package[transfer.package_info] = transfer
