"""Transfers of a merchant to a user (商家转账): the user confirms each within a day.

`book` remembers, `bill` holds the platform's operations, `page` is where a person confirms, `api` the addresses.
Source: pay.weixin.qq.com, "商家转账" (用户确认模式).
"""
