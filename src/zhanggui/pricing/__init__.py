"""Prices: one pure function from what is bought, by whom and how it is received to a quote that explains itself.

`rules.quote` knows no clock, no database and no chance; `prepare` gathers what it needs; cart, confirm page and placing
all stand on the two.
"""
