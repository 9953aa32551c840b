"""The floor: the least that Django, DRF or SQL alone need for the same rows.

Fixed files. They change only when what is measured changes, never to make a ratio look better.
"""
