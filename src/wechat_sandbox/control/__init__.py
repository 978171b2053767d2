"""The control API under /_sandbox: accounts, codes and consents, clock, faults, and what was seen."""
