"""One sandbox: all that it knows, put together once at the start."""

from wechat_sandbox.accounts.apps import Apps
from wechat_sandbox.accounts.merchants import Merchants
from wechat_sandbox.accounts.platform import PlatformKeys
from wechat_sandbox.applyment.book import ApplymentBook
from wechat_sandbox.bills.differences import Differences
from wechat_sandbox.bills.files import Waiting
from wechat_sandbox.clock import Agenda, Clock
from wechat_sandbox.config import SandboxConfig
from wechat_sandbox.faults import Faults
from wechat_sandbox.miniprogram.consents import Consents
from wechat_sandbox.miniprogram.shipping_book import ShippingBook
from wechat_sandbox.miniprogram.tokens import Tokens
from wechat_sandbox.miniprogram.users import Users
from wechat_sandbox.pay.combinations import Combinations
from wechat_sandbox.pay.delivery import Delivery
from wechat_sandbox.pay.notifications import Outbox
from wechat_sandbox.pay.refunds import Refunds
from wechat_sandbox.pay.transactions import Transactions
from wechat_sandbox.seen import Seen
from wechat_sandbox.sharing.book import SharingBook
from wechat_sandbox.sharing.pace import Pace
from wechat_sandbox.sms import Sms
from wechat_sandbox.storage import Storage
from wechat_sandbox.transfer.book import TransferBook
from wechat_sandbox.transfer.drawn import DrawnBook


class Sandbox:
    """The platform's state. Everything lives in memory; `storage` keeps a copy when there is a folder."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.storage = Storage(config.data_dir)
        offset = self.storage.load("clock_offset", float)
        self.clock = Clock(config.clock_speed, max(0.0, offset[0]) if offset else 0.0)
        self.agenda = Agenda(self.clock)
        self.seen = Seen(self.clock, self.storage)
        self.faults = Faults(config.seed)
        self.platform = PlatformKeys(self.storage)
        self.apps = Apps(self.storage)
        self.merchants = Merchants(self.storage, self.clock, self.apps, self.platform)
        self.transactions = Transactions(self.storage)
        self.combinations = Combinations(self.storage, self.transactions)
        self.refunds = Refunds(self.storage)
        self.sharing = SharingBook(self.storage)
        self.sharing_pace = Pace()
        self.applyments = ApplymentBook(self.storage)
        self.transfers = TransferBook(self.storage)
        self.drawn = DrawnBook(self.storage)
        self.bill_differences = Differences(self.storage)
        self.bill_files: dict[str, Waiting] = {}
        self.outbox = Outbox(self.storage)
        self.delivery = Delivery(
            clock=self.clock,
            agenda=self.agenda,
            merchants=self.merchants,
            platform=self.platform,
            faults=self.faults,
            seen=self.seen,
            outbox=self.outbox,
            timeout_s=config.notify_timeout_s,
        )
        self.tokens = Tokens(self.storage, self.clock)
        self.users = Users(self.storage, self.clock)
        self.consents = Consents(self.storage)
        self.shipping = ShippingBook(self.storage)
        self.sms = Sms(self.storage, self.clock)
        self.storage.flush()

    def keep_clock(self) -> None:
        """Remember how far the clock was turned, so that a restart does not go back in time."""
        self.storage.put("clock_offset", "offset", self.clock.offset_s)
