"""What users allowed: one consent to a subscription message is one message."""

import msgspec

from wechat_sandbox.storage import Storage


class Consent(msgspec.Struct):
    """How many messages of a template a user may still be sent."""

    openid: str
    template_id: str
    left: int


class Consents:
    """All consents."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._all = {(c.openid, c.template_id): c for c in storage.load("consent", Consent)}

    def grant(self, openid: str, template_id: str, times: int = 1) -> int:
        """Allow `times` more messages; returns how many are allowed now."""
        consent = self._all.setdefault((openid, template_id), Consent(openid, template_id, 0))
        consent.left += times
        self._save(consent)
        return consent.left

    def use(self, openid: str, template_id: str) -> bool:
        """Use one up; False when there is none."""
        consent = self._all.get((openid, template_id))
        if consent is None or consent.left < 1:
            return False
        consent.left -= 1
        self._save(consent)
        return True

    def of(self, openid: str) -> list[Consent]:
        """What a user still allows."""
        return [c for c in self._all.values() if c.openid == openid and c.left > 0]

    def _save(self, consent: Consent) -> None:
        self._storage.put("consent", f"{consent.openid}/{consent.template_id}", consent)
