"""Buyers and guests: how they sign in, their sessions, phone numbers, addresses and consents.

`sign_in` has the three ways in (guest, WeChat, phone and one-time code) and merges the guest; `merge.ON_MERGE` is where
higher floors say what moves with it; `sessions` rotates refresh tokens; `queries` is what other domains may ask.
"""
