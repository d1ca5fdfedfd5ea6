"""The demonstration company: a deterministic generator of two years of a believable business.

The same seed and size give the same bytes. `stories.py` states what happened, so that a test can
check that the numbers tell it; the other modules make it happen.
"""
