"""Breaks a stack of its own in every way and counts what is lost and what is doubled: `make chaos`.

The ledger of what was acknowledged and the oracle's own arithmetic know nothing of the product's
code; the product knows nothing of this folder.
"""
