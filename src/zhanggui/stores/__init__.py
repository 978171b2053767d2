"""Stores: what a merchant opened, when it is open and how it delivers.

`rules` holds the settings document and the opening-hours arithmetic; `queries.load` answers a store from memory (kept
per process, dropped by the `store.changed` event).
"""
