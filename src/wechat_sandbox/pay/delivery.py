"""Sends notifications, again and again as the platform does, and spoils them as ordered."""

import asyncio
import secrets
import time
from collections.abc import Collection
from typing import Any

import httpx

from wechat_sandbox.accounts.merchants import Merchant, Merchants
from wechat_sandbox.accounts.platform import PlatformKeys
from wechat_sandbox.clock import Agenda, Clock, china_day
from wechat_sandbox.faults import Faults, InvalidFault, Kind
from wechat_sandbox.pay.envelope import Envelope, seal, seal_probe
from wechat_sandbox.pay.notifications import RETRY_AFTER_S, Attempt, Notification, Outbox
from wechat_sandbox.seen import Mood, Seen, excerpt

FORGERIES = frozenset({"bad_signature", "forge_key", "wrong_amount", "wrong_facts", "same_nonce"})
# The client's pool looks at every connection for every request: more of them cost more than they bring.
MOST_AT_ONCE = 24


class Delivery:
    """The sending side of the notification product."""

    def __init__(
        self,
        *,
        clock: Clock,
        agenda: Agenda,
        merchants: Merchants,
        platform: PlatformKeys,
        faults: Faults,
        seen: Seen,
        outbox: Outbox,
        timeout_s: float,
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._merchants = merchants
        self._platform = platform
        self._faults = faults
        self._seen = seen
        self._outbox = outbox
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._held: list[Notification] = []
        self._taken: dict[str, tuple[str, str]] = {}
        """(id, nonce) of the last message that each merchant took in."""
        # Straight to the merchant: a proxy of the environment has no business on this way.
        self._http = httpx.AsyncClient(
            trust_env=False, timeout=timeout_s, limits=httpx.Limits(max_connections=MOST_AT_ONCE)
        )

    def notify(
        self,
        merchant: Merchant,
        *,
        url: str,
        event_type: str,
        original_type: str,
        summary: str,
        subject: str,
        resource: dict[str, Any],
    ) -> Notification:
        """Queue a message; its first attempt starts at once."""
        now = self._clock.now()
        notification = Notification(
            id=f"EV-{china_day(now)}{secrets.token_hex(12)}",
            mchid=merchant.mchid,
            url=url,
            event_type=event_type,
            original_type=original_type,
            summary=summary,
            subject=subject,
            resource=resource,
            created_at=now,
            next_at=now,
        )
        self._outbox.add(notification)
        self._plan(notification)
        return notification

    def resume(self) -> None:
        """Take up what an earlier run left unsent."""
        for notification in self._outbox.pending():
            notification.next_at = max(notification.next_at, self._clock.now())
            self._plan(notification)

    async def resend(
        self, notification: Notification, forgery: Kind | None = None, facts: dict[str, Any] | None = None
    ) -> Attempt:
        """Send a message once more, now, whatever its state: a duplicate made by hand, or a forgery of it.

        Raises InvalidFault for what is no forgery, or for the nonce of another message before there is one.
        """
        if forgery is not None and forgery not in FORGERIES:
            raise InvalidFault(f"{forgery} is no forgery")
        if forgery == "same_nonce" and not self._has_nonce_for(notification):
            raise InvalidFault("the merchant has not taken in another message yet")
        return await self._send(notification, [forgery] if forgery else [], facts)

    async def probe(self, merchant: Merchant, url: str) -> Attempt:
        """Send a probe with a deliberately wrong signature; a merchant must refuse it."""
        now = self._clock.now()
        notification = Notification(
            id=f"EV-{china_day(now)}{secrets.token_hex(12)}",
            mchid=merchant.mchid,
            url=url,
            event_type="TRANSACTION.SUCCESS",
            original_type="transaction",
            summary="支付成功",
            subject="SIGNTEST",
            resource={"mchid": merchant.mchid, "out_trade_no": "SIGNTEST"},
            created_at=now,
            next_at=now,
        )
        envelope = seal_probe(notification, merchant, self._merchants, self._platform)
        return await self._post(notification, envelope, ["signtest"], forged=True)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _plan(self, notification: Notification, *, already: Collection[str] = ()) -> None:
        due = notification.next_at

        async def job() -> None:
            # A message released early has been planned anew; its old turn is void.
            if notification.next_at == due and notification.status == "pending":
                await self._attempt(notification, already)

        self._agenda.at(due, job)

    async def _attempt(self, notification: Notification, already: Collection[str]) -> None:
        """One turn: draw the faults, send or withhold, then plan the next turn if one is due.

        `already` names the waiting faults this turn has been through, so that they strike once.
        """
        drawn = self._faults.draw(f"notify:{notification.event_type}", notification.mchid)
        struck = [f for f in drawn if f.kind not in already]
        kinds = {fault.kind for fault in struck}
        wait = next((f for f in struck if f.kind == "delay"), None)
        if wait is not None:
            self._note(notification, f"withheld for {wait.seconds:g} s", ["delay"])
            self._postpone(notification, wait.seconds, {*already, "delay"})
            return
        hold = next((f for f in struck if f.kind == "reorder"), None)
        if hold is not None:
            self._note(notification, "held back until another message has gone out", ["reorder"])
            self._held.append(notification)
            self._postpone(notification, hold.seconds, {*already, "reorder"})
            return
        loss = next((f for f in struck if f.kind == "drop"), None)
        if loss is not None:
            self._record(
                notification,
                Attempt(at=self._clock.now(), status_code=None, took_ms=0, answer="", faults=["drop"]),
            )
            if loss.final:
                notification.status = "lost"
                self._outbox.save(notification)
            else:
                self._plan_retry(notification)
            return
        forgeries = sorted(kinds & FORGERIES)
        if "same_nonce" in kinds and not self._has_nonce_for(notification):
            forgeries.remove("same_nonce")
        facts = next((fault.facts for fault in struck if fault.kind == "wrong_facts"), None)
        if "duplicate" in kinds:
            attempts = await asyncio.gather(
                self._send(notification, forgeries, facts, extra="duplicate"),
                self._send(notification, forgeries, facts, extra="duplicate"),
            )
        else:
            attempts = [await self._send(notification, forgeries, facts)]
        if not forgeries and any(a.accepted for a in attempts):
            notification.status = "delivered"
            self._outbox.save(notification)
        else:
            # A forged message never counts as delivered: the true one follows with the next retry.
            self._plan_retry(notification)
        self._release(notification)

    def _has_nonce_for(self, notification: Notification) -> bool:
        return self._taken.get(notification.mchid, (notification.id, ""))[0] != notification.id

    def _postpone(self, notification: Notification, seconds: float, already: Collection[str]) -> None:
        notification.next_at = self._clock.now() + seconds
        self._outbox.save(notification)
        self._plan(notification, already=already)

    def _plan_retry(self, notification: Notification) -> None:
        if notification.retries >= len(RETRY_AFTER_S):
            notification.status = "exhausted"
            self._outbox.save(notification)
            self._note(notification, "given up after the last retry", [], mood="bad")
            return
        notification.next_at = (
            max(notification.next_at, self._clock.now()) + RETRY_AFTER_S[notification.retries]
        )
        notification.retries += 1
        self._outbox.save(notification)
        self._plan(notification)

    def _release(self, sent: Notification) -> None:
        """Let go of the messages that waited for another one to go out."""
        held, self._held = [n for n in self._held if n is not sent], []
        for notification in held:
            notification.next_at = self._clock.now()
            self._plan(notification, already={"reorder"})

    async def _send(
        self,
        notification: Notification,
        forgeries: Collection[str],
        facts: dict[str, Any] | None = None,
        extra: str | None = None,
    ) -> Attempt:
        merchant = self._merchants.get(notification.mchid)
        if merchant is None:
            raise LookupError(f"no merchant {notification.mchid}")
        mark = self._taken[merchant.mchid][1] if "same_nonce" in forgeries else None
        envelope = seal(
            notification, merchant, self._merchants, self._platform, forgeries, facts=facts, mark=mark
        )
        faults = [*forgeries, *([extra] if extra else [])]
        attempt = await self._post(notification, envelope, faults, forged=bool(forgeries))
        if attempt.accepted and not forgeries:
            self._taken[merchant.mchid] = (notification.id, envelope.headers["Wechatpay-Nonce"])
        return attempt

    async def _post(
        self, notification: Notification, envelope: Envelope, faults: list[str], *, forged: bool
    ) -> Attempt:
        async with self._slots:
            at, begin = self._clock.now(), time.perf_counter()
            status: int | None = None
            try:
                async with asyncio.timeout(self._timeout_s):
                    response = await self._http.post(
                        notification.url, content=envelope.body, headers=envelope.headers
                    )
                status, answer = response.status_code, excerpt(response.content)
            except TimeoutError:
                answer = f"no answer within {self._timeout_s:g} s"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                answer = f"{type(error).__name__}: {error}"
            took_ms = round((time.perf_counter() - begin) * 1000)
        attempt = Attempt(
            at=at, status_code=status, took_ms=took_ms, answer=answer, faults=faults, forged=forged
        )
        self._record(notification, attempt)
        return attempt

    def _record(self, notification: Notification, attempt: Attempt) -> None:
        notification.attempts.append(attempt)
        if notification.subject != "SIGNTEST":
            self._outbox.save(notification)
        mood: Mood = "ok" if attempt.accepted else "warn"
        title = f"{notification.event_type} → {attempt.status_code or 'no answer'}"
        if attempt.forged:
            mood = "bad" if attempt.accepted else "ok"
            title += " — a forgery was ACCEPTED" if attempt.accepted else " — forgery refused"
        self._seen.record(
            "notify",
            title,
            mood=mood,
            subject=notification.subject,
            id=notification.id,
            url=notification.url,
            attempt=len(notification.attempts),
            status_code=attempt.status_code,
            took_ms=attempt.took_ms,
            answer=attempt.answer,
            faults=attempt.faults,
            resource=notification.resource,
        )

    def _note(self, notification: Notification, text: str, faults: list[str], mood: Mood = "warn") -> None:
        self._seen.record(
            "notify",
            f"{notification.event_type}: {text}",
            mood=mood,
            subject=notification.subject,
            id=notification.id,
            url=notification.url,
            faults=faults,
        )
