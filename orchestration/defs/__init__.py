"""Dagster: how raw assets, dbt layers, gates, the publication, jobs, schedules and sensors are made.

Thin wrappers around plain Python elsewhere: an asset here names its inputs and reports; the work is
in `orchestration/sources`, `expectations` and the models.
"""
