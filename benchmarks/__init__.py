"""`make bench`: the desk beside the least that could do the same."""
