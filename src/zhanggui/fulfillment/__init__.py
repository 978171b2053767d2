"""How goods reach the buyer: parcels, own delivery, collection at the counter, service at the table.

`ship`, `prepare`, `hand_over`, `deliver`, `complete` move fulfillments and derive the order's status from them; `report`
tells the platform, because settlement depends on it.
"""
