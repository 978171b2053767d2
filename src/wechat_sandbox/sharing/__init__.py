"""Profit sharing (分账): part of a payment goes on to receivers, the rest is frozen until it is unfrozen.

`book` remembers, `receivers`, `split` and `give_back` are the platform's operations, `api` their addresses and those of the
control API. Source: pay.weixin.qq.com, "分账" (普通商户).
"""
