"""Which of the platform's products an order belongs to: merchants below a platform have addresses of their own.

Source: pay.weixin.qq.com: /v3/refund/domestic/… and /v3/profitsharing/… are "支持商户: 普通商户, 普通服务商", /v3/ecommerce/… is
"支持商户: 平台商户". A sub_mchid of the sandbox is always a merchant of the e-commerce product (平台收付通).
"""

from dataclasses import replace

from wechat_sandbox.pay.errors import PayError, param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall
from wechat_sandbox.pay.transactions import Transaction


def named(call: PayCall) -> PayCall:
    """The call in the name of the merchant below, whom every call of the e-commerce product names. Raises PayError."""
    values = call.body or dict(call.query)
    return replace(call, below=Fields(values).text("sub_mchid", 32))


def check_product(call: PayCall, transaction: Transaction) -> None:
    """The address is of the order's product, and names the merchant below that was paid. Raises PayError."""
    if (call.below is None) != (transaction.sub_mchid is None):
        raise PayError(
            403, "NO_AUTH", "该订单不属于此产品: 二级商户请使用平台收付通接口 / another product's address"
        )
    if call.below != transaction.sub_mchid:
        raise param_error("/sub_mchid", "与订单的二级商户不一致 / is not the merchant the order was paid to")
