"""Figures a merchant runs the store by: read-only, from the sale's own tables.

`queries.dashboard` gives today against the same weekday last week, orders by hour and what needs a hand now.
"""
