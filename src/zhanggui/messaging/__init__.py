"""Telling the buyer: subscription messages of the platform, and live updates to open pages.

One consent is one message (`consents`); `jobs` sends them when events say so; `live` pushes changes over WebSocket.
"""
