"""Everything that runs: settings, extraction, Dagster definitions and the publisher.

What computes a number lives in `models/`, what judges a table in `expectations/`.
"""
