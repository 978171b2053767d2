"""Client of the WeChat platform, written from its published protocol: async, typed, on httpx.

`apps` knows the mini-programs of this installation and hands out a `mini_program.MiniProgram` (sign-in, phone number,
subscription messages, shipping report, codes). `pay_v3.PayClient` speaks WeChat Pay API v3 for one merchant; `signing`
holds its signatures. What the platform answers is decoded into typed structs or becomes a typed error: `WeChatRefused`
(it said no, nothing was done) or `WeChatUnknown` (no trustworthy answer: it may have been done).
"""
