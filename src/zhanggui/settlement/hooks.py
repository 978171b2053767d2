"""What settlement adds to payments; importing this module is enough."""

from zhanggui.payments.extensions import BEFORE_REFUND, FREEZE, ON_MESSAGE
from zhanggui.settlement.give_back import make_room
from zhanggui.settlement.plan import wants_freeze
from zhanggui.settlement.split_result import split_told
from zhanggui.settlement.transfer_result import told

FREEZE.append(wants_freeze)
BEFORE_REFUND.append(make_room)
ON_MESSAGE["PROFITSHARING"] = split_told
ON_MESSAGE["MCHTRANSFER.BILL."] = told
