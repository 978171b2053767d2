"""What a sandbox can be told at its start."""

from pathlib import Path

import msgspec


class SandboxConfig(msgspec.Struct, kw_only=True, frozen=True):
    """Settings of one sandbox. The defaults are the platform's own figures where it publishes them."""

    data_dir: Path | None = None
    """Folder that keeps accounts, keys and payments between runs; None keeps all in memory."""
    clock_speed: float = 1.0
    """Platform seconds that pass in one real second; 0 stops the platform's clock."""
    seed: int | None = None
    """Seed of the dice that faults with a probability throw, so that a run can be repeated."""
    sms_key: str | None = None
    """If set, POST /_sandbox/sms must carry it in the header X-Sandbox-Key."""
    notify_timeout_s: float = 5.0
    """Real seconds a merchant has to answer a notification."""
    prepay_valid_s: int = 7200
    """Life of a prepay_id."""
    order_valid_s: int = 7 * 86400
    """Time to pay when the merchant gives no time_expire."""
    refund_settles_s: float = 2.0
    """Platform seconds from an accepted refund to its result."""
    refund_interval_s: float = 60.0
    """Least distance between two refunds of one order."""
    shipping_known_s: float = 60.0
    """Platform seconds after payment until the shipping API knows the order (10060001 before)."""
    sharing_after_s: float = 60.0
    """Platform seconds after payment before which it cannot be split."""
    sharing_settles_s: float = 1.0
    """Platform seconds from an accepted split or return to its result."""
    sharing_per_second: int = 30
    """Split orders that a merchant may ask for in a second."""
    transfer_accepted_s: float = 0.0
    """Platform seconds that a transfer rests in ACCEPTED before the user can confirm it."""
    transfer_confirm_s: float = 86400.0
    """Time the user has to confirm a transfer."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names, beside loopback and IP addresses, under which the control API may be reached."""
