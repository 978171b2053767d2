"""What is remembered of applications, and how the platform answers about them."""

from typing import Any, Literal

import msgspec

from wechat_sandbox.storage import Storage

State = Literal[
    "CHECKING",
    "ACCOUNT_NEED_VERIFY",
    "AUDITING",
    "REJECTED",
    "NEED_SIGN",
    "FINISH",
    "FROZEN",
    "CANCELED",
]
WORDS: dict[State, str] = {
    "CHECKING": "资料校验中",
    "ACCOUNT_NEED_VERIFY": "待账户验证",
    "AUDITING": "审核中",
    "REJECTED": "已驳回",
    "NEED_SIGN": "待签约",
    "FINISH": "完成",
    "FROZEN": "已冻结",
    "CANCELED": "已作废",
}


class Applyment(msgspec.Struct, kw_only=True):
    """An application of a platform (`mchid`) for a store. `form` is what came, decrypted; pictures by their media id."""

    mchid: str
    out_request_no: str
    applyment_id: int
    fingerprint: str
    form: dict[str, Any]
    origin: str
    state: State = "CHECKING"
    sub_mchid: str = ""
    reasons: list[dict[str, str]] = []

    def describe(self) -> dict[str, Any]:
        """The application as a query answers it."""
        page = f"{self.origin}/_sandbox/applyment?applyment_id={self.applyment_id}"
        answer: dict[str, Any] = {
            "applyment_state": self.state,
            "applyment_state_desc": WORDS[self.state],
            "out_request_no": self.out_request_no,
            "applyment_id": self.applyment_id,
        }
        if self.state == "ACCOUNT_NEED_VERIFY":
            answer["legal_validation_url"] = page
            answer["account_validation"] = {
                "account_name": "",
                "pay_amount": 124,
                "destination_account_number": "7222223333322332",
                "destination_account_name": "财付通支付科技有限公司",
                "destination_account_bank": "招商银行威盛大厦支行",
                "city": "深圳",
                "remark": "入驻账户验证",
                "deadline": "2030-12-10 17:09:01",
            }
        if self.state == "NEED_SIGN":
            answer["sign_state"], answer["sign_url"] = "UNSIGNED", page
        if self.state in ("NEED_SIGN", "FINISH"):
            answer["sub_mchid"] = self.sub_mchid
        if self.state in ("REJECTED", "FROZEN"):
            answer["audit_detail"] = self.reasons
        return answer


class ApplymentBook:
    """All applications, by the platform's own number, and the pictures that were uploaded for them (their hashes)."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._by_id = {one.applyment_id: one for one in storage.load("applyment", Applyment)}
        self.media: dict[str, str] = {}

    def get(self, applyment_id: int) -> Applyment | None:
        """An application by the platform's number."""
        return self._by_id.get(applyment_id)

    def by_number(self, mchid: str, out_request_no: str) -> Applyment | None:
        """An application by the applicant's number."""
        found = (a for a in self._by_id.values() if (a.mchid, a.out_request_no) == (mchid, out_request_no))
        return next(found, None)

    def listing(self) -> list[Applyment]:
        """All of them, the latest first."""
        return list(reversed(self._by_id.values()))

    def next_id(self) -> int:
        """A number that no application has."""
        return 2000002124775691 + len(self._by_id)

    def save(self, one: Applyment) -> None:
        """Keep it as it is now."""
        self._by_id[one.applyment_id] = one
        self._storage.put("applyment", str(one.applyment_id), one)
