"""`make bench`: the desk beside the least that could do the same, in one run (docs/performance.md)."""
