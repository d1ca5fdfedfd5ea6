"""What must hold before anything is built on a layer: Great Expectations suites, one folder a layer.

A suite is a YAML file that anyone can read; `gate.py` is the one module that speaks to Great
Expectations. To add a check, write it into the suite of its table, with the reason, and into
`tests/test_gates.py` the spoiled row that must make it ring.
"""
