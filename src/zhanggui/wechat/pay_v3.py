"""WeChat Pay API v3 as one merchant (pay.weixin.qq.com, API v3 接口)."""

import asyncio
import hashlib
import tempfile
import time
from datetime import date
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from zhanggui.wechat.bill_file import unseal
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.pay_shapes import (
    BillFile,
    CombinedOrder,
    CombinedTrade,
    MerchantAccount,
    Notification,
    PrepayOrder,
    Refund,
    RefundBelow,
    Resource,
    SealedBill,
    SealedBillFile,
    Trade,
)
from zhanggui.wechat.signing import (
    BadSignature,
    JsapiParams,
    MerchantSigner,
    PlatformKeys,
    UnknownSerial,
    decrypt,
    read_signature,
)

CERTIFICATES = "/v3/certificates"
MEDIA = "/v3/merchant/media/upload"
DOWNLOAD_PAUSE_S = 30  # a stranger who makes up serial numbers must not make us ask the platform each time
FAILED_PAUSE_S = 2
T = TypeVar("T")


class _Fault(msgspec.Struct):
    code: str = "UNKNOWN"
    message: str = ""


class _Prepay(msgspec.Struct):
    prepay_id: str


class _H5(msgspec.Struct):
    h5_url: str


class _Native(msgspec.Struct):
    code_url: str


class _Media(msgspec.Struct):
    media_id: str


class _Certificate(msgspec.Struct):
    serial_no: str
    encrypt_certificate: Resource


class _Certificates(msgspec.Struct):
    data: list[_Certificate]


class PayClient:
    """Calls the platform as one merchant and verifies every answer before it is believed.

    Raises WeChatRefused when the platform said no (`code`, `status`), WeChatUnknown when the outcome is not known:
    time-out, lost connection, 5xx, 429, an answer that is not signed by the platform. Amounts are fen.
    """

    def __init__(self, http: httpx.AsyncClient, origin: str, account: MerchantAccount) -> None:
        self.account = account
        self._http, self._origin = http, origin
        self._path_prefix = urlsplit(origin).path
        self._signer = MerchantSigner(account.mchid, account.serial, account.private_key)
        named = account.public_key_id is not None and account.public_key is not None
        public = {str(account.public_key_id): str(account.public_key)} if named else {}
        self._keys = PlatformKeys(account.certificates, {**account.former_public_keys, **public})
        self._secret_serial = ""
        self._downloading = asyncio.Lock()
        self._downloaded_at = -DOWNLOAD_PAUSE_S * 1.0

    async def prepay_jsapi(self, order: PrepayOrder, openid: str) -> str:
        """Place an order for a mini-program or an official account's page; answers the prepay_id (2 hours)."""
        body = {**self._order(order), "payer": {"openid": openid}}
        return (await self._post("/v3/pay/transactions/jsapi", body, _Prepay)).prepay_id

    async def prepay_h5(self, order: PrepayOrder, client_ip: str, site: str) -> str:
        """Place an order for a page in a phone's browser; answers the h5_url (5 minutes)."""
        h5_info = {"type": "Wap", "app_url": site}
        body = {**self._order(order), "scene_info": {"payer_client_ip": client_ip, "h5_info": h5_info}}
        return (await self._post("/v3/pay/transactions/h5", body, _H5)).h5_url

    async def prepay_native(self, order: PrepayOrder) -> str:
        """Place an order that is paid by scanning; answers the code_url (2 hours)."""
        return (await self._post("/v3/pay/transactions/native", self._order(order), _Native)).code_url

    async def combine_jsapi(self, order: CombinedOrder, openid: str) -> str:
        """Place a combined payment for a mini-program or an official account's page; answers the prepay_id (2 hours)."""
        body = {**self._combined(order), "combine_payer_info": {"openid": openid}}
        return (await self._post("/v3/combine-transactions/jsapi", body, _Prepay)).prepay_id

    async def combine_h5(self, order: CombinedOrder, client_ip: str, site: str) -> str:
        """Place a combined payment for a page in a phone's browser; answers the h5_url (5 minutes)."""
        h5_info = {"type": "Wap", "app_url": site}
        body = {**self._combined(order), "scene_info": {"payer_client_ip": client_ip, "h5_info": h5_info}}
        return (await self._post("/v3/combine-transactions/h5", body, _H5)).h5_url

    async def combine_native(self, order: CombinedOrder) -> str:
        """Place a combined payment that is paid by scanning; answers the code_url (2 hours)."""
        return (await self._post("/v3/combine-transactions/native", self._combined(order), _Native)).code_url

    async def query_combined(self, combine_out_trade_no: str) -> CombinedTrade:
        """The combined payment by our number. Refused ORDER_NOT_EXIST when the platform has never seen it."""
        path = f"/v3/combine-transactions/out-trade-no/{quote(combine_out_trade_no, safe='')}"
        return _decode(await self._call("GET", path), CombinedTrade)

    async def close_combined(self, order: CombinedOrder) -> None:
        """Make it impossible to pay any of it; the parts are named as placed. Refused as `close` is."""
        number = quote(order.combine_out_trade_no, safe="")
        parts = [_named(part.mchid, part.out_trade_no, part.sub_mchid) for part in order.parts]
        body = {"combine_appid": order.appid, "sub_orders": parts}
        await self._call("POST", f"/v3/combine-transactions/out-trade-no/{number}/close", body=body)

    def pay_sign(self, prepay_id: str, appid: str | None = None) -> JsapiParams:
        """Signed arguments for `wx.requestPayment`, for the account's own appid unless told otherwise."""
        return self._signer.pay_sign(appid or self.account.appid, prepay_id)

    async def query(self, out_trade_no: str) -> Trade:
        """The payment by our number. Refused ORDER_NOT_EXIST when the platform has never seen it."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}"
        return _decode(await self._call("GET", path, query={"mchid": self.account.mchid}), Trade)

    async def close(self, out_trade_no: str) -> None:
        """Make it impossible to pay. Refused: ORDERPAID, ORDER_CLOSED, USERPAYING, ORDER_NOT_EXIST."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}/close"
        await self._call("POST", path, body={"mchid": self.account.mchid})

    async def refund(
        self,
        *,
        out_trade_no: str,
        out_refund_no: str,
        amount: int,
        total: int,
        currency: str,
        reason: str,
        notify_url: str,
        advance: bool = False,
    ) -> Refund:
        """Ask for a refund of `amount` out of `total`; accepted is not refunded. The number makes it idempotent.

        `advance`: the merchant's available balance pays, as for what was split and not given back. Within a year, at most 50 parts, a minute apart; `reason` is cut to 80 bytes as the platform wants it.
        """
        body = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "reason": reason.encode()[:80].decode(errors="ignore"),
            "notify_url": notify_url,
            "amount": {"refund": amount, "total": total, "currency": currency},
            **({"funds_account": "AVAILABLE"} if advance else {}),
        }
        below = self.account.sub_mchid
        if below is None:
            return await self._post("/v3/refund/domestic/refunds", body, Refund)
        named = {**body, "sub_mchid": below, "sp_appid": self.account.appid}
        return (await self._post("/v3/ecommerce/refunds/apply", named, RefundBelow)).answer(out_trade_no)

    async def query_refund(self, out_refund_no: str) -> Refund:
        """The refund by our number. Refused RESOURCE_NOT_EXISTS when the platform has never seen it."""
        number, below = quote(out_refund_no, safe=""), self.account.sub_mchid
        if below is None:
            return _decode(await self._call("GET", f"/v3/refund/domestic/refunds/{number}"), Refund)
        path = f"/v3/ecommerce/refunds/out-refund-no/{number}"
        found = _decode(await self._call("GET", path, query={"sub_mchid": below}), RefundBelow)
        return found.answer(found.out_trade_no)

    async def certificates(self) -> dict[str, str]:
        """Download the platform's certificates (serial → PEM) and trust them from now on.

        They are encrypted with the API v3 key, which authenticates them; the answer's own signature is then verified
        with them. Refused RESOURCE_NOT_EXISTS for a merchant in public-key mode only.
        """
        answer = await self._exchange("GET", CERTIFICATES, b"")
        _raise_for_status(answer)
        found: dict[str, str] = {}
        try:
            for entry in _decode(answer, _Certificates).data:
                sealed = entry.encrypt_certificate
                found[entry.serial_no.upper()] = self._decrypt(sealed).decode()
            self._keys.add_certificates(found)
            self._keys.verify(read_signature(answer.headers), answer.content)
        except BadSignature as fault:
            raise WeChatUnknown("bad_signature", str(fault), answer.status_code) from fault
        return found

    async def trade_bill(self, day: date, sub_mchid: str | None = None) -> BillFile:
        """Where the trade bill of a day (Beijing's) is. Refused STATEMENT_CREATING, NO_STATEMENT_EXIST."""
        return await self._bill("tradebill", {"bill_type": "ALL"}, day, sub_mchid)

    async def flow_bill(self, day: date) -> BillFile:
        """Where the fund-flow bill of the basic account is; refused as above."""
        return await self._bill("fundflowbill", {"account_type": "BASIC"}, day, None)

    async def sub_flow_bill(self, day: date, sub_mchid: str) -> list[SealedBillFile]:
        """Where the encrypted fund-flow bill of a merchant below this platform is (申请单个子商户资金账单); refused as above."""
        which = {"account_type": "BASIC", "algorithm": "AEAD_AES_256_GCM", "tar_type": "GZIP"}
        query = {"sub_mchid": sub_mchid, "bill_date": day.isoformat(), **which}
        path = "/v3/bill/sub-merchant-fundflowbill"
        parts = _decode(await self._call("GET", path, query=query), SealedBill).download_bill_list
        return sorted(parts, key=lambda part: part.bill_sequence)

    async def download_sealed(self, part: SealedBillFile, into: IO[bytes]) -> None:
        """Fetch a part of an encrypted bill and append what it holds, packed as GZIP. Raises WeChatUnknown."""
        with tempfile.TemporaryFile() as sealed:
            await self.download(part, sealed)
            try:
                key = self._signer.open_key(part.encrypt_key)
            except BadSignature as fault:
                raise WeChatUnknown("bad_signature", str(fault)) from fault
            unseal(key, part.nonce, sealed, into)

    async def download(self, file: BillFile | SealedBillFile, into: IO[bytes]) -> None:
        """Fetch a bill, packed as GZIP, a piece at a time. It is not signed: only its hash tells that it is the provider's.

        Raises WeChatUnknown for an address that is not the platform's.
        """
        if not file.download_url.startswith(f"{self._origin}/"):
            raise WeChatUnknown("foreign_address", file.download_url[:80])
        target = file.download_url.removeprefix(self._origin)
        authorization = self._signer.authorization("GET", self._path_prefix + target, b"")
        headers = {"Authorization": authorization, "Accept-Encoding": "identity", "User-Agent": "zhanggui"}
        try:
            async with self._http.stream("GET", file.download_url, headers=headers) as answer:
                if answer.status_code != 200:
                    await answer.aread()
                    fault = _fault(answer)
                    raise WeChatUnknown(fault.code, fault.message, answer.status_code)
                async for piece in answer.aiter_raw():
                    into.write(piece)
        except httpx.TransportError as fault:
            raise WeChatUnknown("no_answer", type(fault).__name__) from fault

    async def _bill(self, name: str, which: dict[str, str], day: date, sub_mchid: str | None) -> BillFile:
        query = {"bill_date": day.isoformat(), **which, "tar_type": "GZIP"}
        if sub_mchid:
            query["sub_mchid"] = sub_mchid
        file = _decode(await self._call("GET", f"/v3/bill/{name}", query=query), BillFile)
        if file.hash_type != "SHA1":
            raise WeChatUnknown("malformed", f"hash {file.hash_type}")
        return file

    async def verify_notification(self, headers: Any, body: bytes) -> Notification:
        """Verify the signature over the raw body, then read the envelope. Raises BadSignature."""
        signed = read_signature(headers)
        await self._verify(signed, body)
        try:
            return msgspec.json.decode(body, type=Notification)
        except msgspec.MsgspecError as fault:
            raise BadSignature(f"not a notification: {fault}") from fault

    def open(self, notification: Notification, shape: type[T]) -> T:
        """Decrypt the resource of a verified notification. Raises BadSignature when it does not open or fit."""
        raw = self._decrypt(notification.resource)
        try:
            return msgspec.json.decode(raw, type=shape)
        except msgspec.MsgspecError as fault:
            raise BadSignature(f"not what it says it is: {fault}") from fault

    def _decrypt(self, sealed: Resource) -> bytes:
        """With the API v3 key, or with the one before it."""
        try:
            return decrypt(self.account.api_v3_key, sealed.nonce, sealed.associated_data, sealed.ciphertext)
        except BadSignature:
            former = self.account.former_api_v3_key
            if former is None:
                raise
            return decrypt(former, sealed.nonce, sealed.associated_data, sealed.ciphertext)

    def _order(self, order: PrepayOrder) -> dict[str, Any]:
        return {
            "appid": order.appid or self.account.appid,
            "mchid": self.account.mchid,
            "description": order.description[:120],
            "out_trade_no": order.out_trade_no,
            "time_expire": order.expires_at.replace(microsecond=0).isoformat(),
            "notify_url": order.notify_url,
            "amount": {"total": order.amount, "currency": order.currency},
            **({"settle_info": {"profit_sharing": True}} if order.profit_sharing else {}),
        }

    def _combined(self, order: CombinedOrder) -> dict[str, Any]:
        return {
            "combine_appid": order.appid,
            "combine_mchid": self.account.mchid,
            "combine_out_trade_no": order.combine_out_trade_no,
            "time_expire": order.expires_at.replace(microsecond=0).isoformat(),
            "notify_url": order.notify_url,
            "sub_orders": [
                {
                    **_named(part.mchid, part.out_trade_no, part.sub_mchid),
                    "description": part.description[:120],
                    "attach": part.attach[:128],
                    "amount": {"total_amount": part.amount, "currency": part.currency},
                    "settle_info": {"profit_sharing": part.profit_sharing},
                }
                for part in order.parts
            ],
        }

    async def call(
        self, method: str, path: str, shape: type[T], *, body: Any = None, query: dict[str, str] | None = None
    ) -> T:
        """Any other product of the platform: the answer, verified and decoded into `shape`."""
        return _decode(await self._call(method, path, body=body, query=query), shape)

    async def upload(self, filename: str, content: bytes) -> str:
        """Upload a picture (JPG, BMP or PNG, at most 2 MB) for an application; answers its media id (图片上传).

        Only the description is signed, not the picture, whose hash stands in it.
        """
        meta = msgspec.json.encode({"filename": filename, "sha256": hashlib.sha256(content).hexdigest()})
        form = {
            "meta": (None, meta, "application/json"),
            "file": (filename, content, "image/jpeg"),
        }
        sent = httpx.Request("POST", self._origin, files=form)
        answer = await self._exchange(
            "POST", MEDIA, sent.read(), signed=meta, content_type=sent.headers["Content-Type"]
        )
        return _decode(await self._believed(answer), _Media).media_id

    async def encrypt(self, text: str) -> str:
        """A sensitive field (a name) as the platform wants it: base64 of RSAES-OAEP under its key.

        Every request of this client names that key in Wechatpay-Serial once one was needed.
        """
        if not self._keys.serial_for_secrets(self.account.public_key_id):
            await self.certificates()
        self._secret_serial = self._keys.serial_for_secrets(self.account.public_key_id)
        return self._keys.encrypt(self._secret_serial, text)

    async def _post(self, path: str, body: dict[str, Any], shape: type[T]) -> T:
        return _decode(await self._call("POST", path, body=body), shape)

    async def _call(
        self, method: str, path: str, *, body: Any = None, query: dict[str, str] | None = None
    ) -> httpx.Response:
        target = f"{path}?{urlencode(query)}" if query else path
        return await self._believed(
            await self._exchange(method, target, b"" if body is None else msgspec.json.encode(body))
        )

    async def _believed(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code != 401:  # whom the platform does not recognise it answers without a signature
            try:
                await self._verify(read_signature(answer.headers), answer.content)
            except BadSignature as fault:
                raise WeChatUnknown("bad_signature", str(fault), answer.status_code) from fault
        _raise_for_status(answer)
        return answer

    async def _exchange(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        signed: bytes | None = None,
        content_type: str = "application/json",
    ) -> httpx.Response:
        signed = body if signed is None else signed
        headers = {
            "Authorization": self._signer.authorization(method, self._path_prefix + target, signed),
            "Accept": "application/json",
            "User-Agent": "zhanggui",
        }
        if body:
            headers["Content-Type"] = content_type
        serial = self.account.public_key_id or self._secret_serial
        if serial:
            headers["Wechatpay-Serial"] = serial  # the answer follows it while migrating
        try:
            answer = await self._http.request(
                method, self._origin + target, content=body or None, headers=headers
            )
        except httpx.TransportError as fault:
            raise WeChatUnknown("no_answer", type(fault).__name__) from fault
        if answer.status_code >= 500 or answer.status_code == 429:
            code = _fault(answer)
            raise WeChatUnknown(code.code, code.message, answer.status_code)
        return answer

    async def _verify(self, signed: Any, body: bytes) -> None:
        try:
            self._keys.verify(signed, body)
        except UnknownSerial:
            await self._download_for(signed.serial)
            self._keys.verify(signed, body)

    async def _download_for(self, serial: str) -> None:
        """A certificate may have been rotated: download, at most once in half a minute."""
        asked = time.monotonic()
        if serial.startswith("PUB_KEY_ID_"):
            return
        async with self._downloading:
            if self._downloaded_at > asked or asked - self._downloaded_at < DOWNLOAD_PAUSE_S:
                return
            self._downloaded_at = time.monotonic()
            try:
                await self.certificates()
            except (WeChatRefused, WeChatUnknown) as fault:
                self._downloaded_at -= DOWNLOAD_PAUSE_S - FAILED_PAUSE_S
                raise UnknownSerial(f"certificates cannot be downloaded: {fault}") from fault


def _named(mchid: str, out_trade_no: str, sub_mchid: str | None) -> dict[str, str]:
    named = {"mchid": mchid, "out_trade_no": out_trade_no}
    return {**named, "sub_mchid": sub_mchid} if sub_mchid else named


def _fault(answer: httpx.Response) -> _Fault:
    try:
        return msgspec.json.decode(answer.content, type=_Fault)
    except msgspec.MsgspecError:
        return _Fault("UNKNOWN", answer.text[:200])


def _raise_for_status(answer: httpx.Response) -> None:
    if answer.status_code >= 300:
        fault = _fault(answer)
        raise WeChatRefused(fault.code, fault.message, answer.status_code)


def _decode(answer: httpx.Response, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=shape)
    except msgspec.MsgspecError as fault:
        raise WeChatUnknown("malformed", str(fault), answer.status_code) from fault
