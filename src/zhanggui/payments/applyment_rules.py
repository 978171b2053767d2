"""An application to become a merchant below a platform: its states, what must be filled in, what is shown of it. Pure."""

import re
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from zhanggui.core.errors import FieldError
from zhanggui.wechat.applyment import State as Said

Subject = Literal["enterprise", "individual"]
AccountType = Literal["business", "private"]
PictureKind = Literal["licence", "id_front", "id_back"]
State = Literal[
    "none",
    "draft",
    "submitting",
    "checking",
    "account_need_verify",
    "auditing",
    "rejected",
    "need_sign",
    "frozen",
    "finished",
    "canceled",
]
PICTURES: tuple[PictureKind, ...] = ("licence", "id_front", "id_back")
EDITABLE = frozenset({"draft", "rejected"})
OPEN = frozenset({"submitting", "checking", "account_need_verify", "auditing", "need_sign", "frozen"})
STATES: dict[Said, State] = {
    "CHECKING": "checking",
    "ACCOUNT_NEED_VERIFY": "account_need_verify",
    "AUDITING": "auditing",
    "REJECTED": "rejected",
    "NEED_SIGN": "need_sign",
    "FINISH": "finished",
    "FROZEN": "frozen",
    "CANCELED": "canceled",
}
OTHER_BANK = "其他银行"
BANKS = (
    "工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "招商银行", "邮政储蓄银行", "民生银行", "中信银行", "浦发银行",
    "兴业银行", "光大银行", "广发银行", "平安银行", "北京银行", "华夏银行", "宁波银行", OTHER_BANK,
)  # fmt: skip
"""Names as the platform wants them (开户银行对照表)."""
FOREVER = "长期"
PERSONAL = ("legal_name", "id_number", "id_address", "account_number", "phone", "email")
"""Never shown again once they are kept: only masked."""
FIELDS = {
    "business_license_copy": "licence",
    "id_card_copy": "id_front",
    "id_card_national": "id_back",
    "business_license_number": "entity",
    "merchant_name": "entity",
    "legal_person": "legal_name",
    "id_card_name": "legal_name",
    "contact_name": "legal_name",
    "id_card_number": "id_number",
    "id_card_address": "id_address",
    "id_card_valid_time_begin": "id_from",
    "id_card_valid_time": "id_until",
    "organization_type": "subject",
    "owner": "owner",
    "bank_account_type": "account_type",
    "account_bank": "bank",
    "bank_address_code": "bank_region",
    "bank_name": "branch",
    "account_number": "account_number",
    "account_name": "account_number",
    "mobile_phone": "phone",
    "contact_email": "email",
    "merchant_shortname": "short_name",
}
"""Whose fault it is, by the platform's name of the field."""
DELAYS = [timedelta(seconds=s) for s in (10, 20, 30, 60, 120, 300, 600, 1800, 3600)]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What is filled in. The entity's name and code are the store's own."""

    subject: Subject = "enterprise"
    legal_name: str = ""
    id_number: str = ""
    id_address: str = ""
    id_from: str = ""
    id_until: str = ""
    owner: bool = False
    account_type: AccountType = "business"
    bank: str = ""
    bank_region: str = ""
    branch: str = ""
    account_number: str = ""
    phone: str = ""
    email: str = ""
    short_name: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why the platform refused, in its words; the form's field where it names one."""

    text: str
    field: str | None = None


class Verification(msgspec.Struct, frozen=True):
    """The transfer to make from the account given, so that the platform sees whose it is; fen."""

    amount: int
    account_number: str
    account_name: str
    bank: str
    remark: str
    deadline: str


class Document(msgspec.Struct, frozen=True):
    """What is sealed of an application."""

    form: Form = Form()
    reasons: list[Reason] = []
    sign_url: str = ""
    legal_url: str = ""
    verify: Verification | None = None


def delay(queries: int) -> timedelta:
    """How long to wait before asking again, ever longer up to an hour."""
    return DELAYS[min(queries, len(DELAYS) - 1)]


def masked(form: Form) -> Form:
    """The form as it may be shown."""
    return msgspec.structs.replace(form, **{name: _mask(name, getattr(form, name)) for name in PERSONAL})


def missing(form: Form, pictures: set[str], today: date) -> list[FieldError]:
    """What is not fit to be sent, by field."""
    faults: dict[str, str] = {}

    def must(field: str, fine: bool, code: str) -> None:
        if not fine:
            empty = getattr(form, field) == ""
            faults.setdefault(field, "applyment_needed" if empty else code)

    enterprise = form.subject == "enterprise"
    must("legal_name", 2 <= len(form.legal_name) <= 50, "applyment_name")
    must("id_number", is_id_number(form.id_number), "applyment_id_number")
    must("id_address", len(form.id_address) >= 4 or not enterprise, "applyment_address")
    begun, until = _day(form.id_from), _day(form.id_until)
    must("id_from", begun is not None and begun <= today, "applyment_day")
    good = form.id_until == FOREVER or (
        until is not None and until > today and (begun is None or until > begun)
    )
    must("id_until", good, "applyment_over")
    must("owner", form.owner or not enterprise, "applyment_owner")
    must("account_type", form.account_type == "business" or not enterprise, "applyment_account_type")
    must("bank", form.bank in BANKS, "applyment_bank")
    must("bank_region", re.fullmatch(r"[1-9][0-9]{5}", form.bank_region) is not None, "applyment_region")
    must("branch", form.bank != OTHER_BANK or len(form.branch) >= 4, "applyment_branch")
    must("account_number", re.fullmatch(r"[0-9]{8,30}", form.account_number) is not None, "applyment_account")
    must("phone", re.fullmatch(r"1[3-9][0-9]{9}", form.phone) is not None, "applyment_phone")
    must(
        "email",
        not form.email or re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", form.email) is not None,
        "applyment_email",
    )
    must("short_name", 2 <= len(form.short_name) <= 30, "applyment_short_name")
    for kind in PICTURES:
        if kind not in pictures:
            faults[kind] = "applyment_picture_needed"
    return [FieldError(field, code) for field, code in faults.items()]


def is_id_number(number: str) -> bool:
    """Whether this is a citizen's number: 18 characters, the last one its check digit (GB 11643-1999)."""
    if re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number) is None:
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def reason_of(param_name: str, text: str) -> Reason:
    """A refusal of the platform beside the field of the form that it is about."""
    return Reason(text, FIELDS.get(param_name.rsplit(".", maxsplit=1)[-1].rsplit("/", maxsplit=1)[-1]))


def body_of(
    number: str,
    form: Form,
    entity: tuple[str, str],
    shop: tuple[str, str],
    media: dict[str, str],
    sealed: dict[str, str],
) -> dict[str, Any]:
    """The application as the platform takes it. `entity`: name and code; `shop`: name and address; `media`: ids of the
    pictures; `sealed`: the personal fields (and `account_name`), encrypted. The legal person is the contact who signs (65)."""
    name, code = entity
    enterprise = form.subject == "enterprise"
    return {
        "out_request_no": number,
        "organization_type": "2" if enterprise else "4",
        "business_license_info": {
            "business_license_copy": media["licence"],
            "business_license_number": code,
            "merchant_name": name,
            "legal_person": form.legal_name,
        },
        "id_doc_type": "IDENTIFICATION_TYPE_MAINLAND_IDCARD",
        "id_card_info": {
            "id_card_copy": media["id_front"],
            "id_card_national": media["id_back"],
            "id_card_name": sealed["legal_name"],
            "id_card_number": sealed["id_number"],
            **({"id_card_address": sealed["id_address"]} if form.id_address else {}),
            "id_card_valid_time_begin": form.id_from,
            "id_card_valid_time": form.id_until,
        },
        **({"owner": True} if enterprise else {}),
        "account_info": {
            "bank_account_type": "74" if form.account_type == "business" else "75",
            "account_bank": form.bank,
            "account_name": sealed["account_name"],
            "bank_address_code": form.bank_region,
            **({"bank_name": form.branch} if form.branch else {}),
            "account_number": sealed["account_number"],
        },
        "contact_info": {
            "contact_type": "65",
            "contact_name": sealed["legal_name"],
            "contact_id_card_number": sealed["id_number"],
            "mobile_phone": sealed["phone"],
            **({"contact_email": sealed["email"]} if form.email else {}),
        },
        "sales_scene_info": {"store_name": shop[0], "store_url": shop[1]},
        "merchant_shortname": form.short_name,
    }


def _mask(name: str, value: str) -> str:
    if not value:
        return ""
    if name == "legal_name":
        return value[0] + "*" * (len(value) - 1)
    if name == "id_address":
        return value[:3] + "****"
    if name == "email":
        return value[0] + "***@" + value.partition("@")[2]
    return "*" * max(0, len(value) - 4) + value[-4:] if len(value) > 8 else "****"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
