"""Asks MetricFlow in a process of its own: `python -m tests.semantic_queries PROJECT`, queries on stdin.

A query is a list of metrics and a list of what to group by; the answer is, in the same order, their rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest


def main() -> None:
    project = Path(sys.argv[1])
    configuration = CLIConfiguration()
    configuration.setup(project, project, configure_file_logging=False)
    answers = []
    for metrics, group_by in json.load(sys.stdin):
        request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=group_by)
        table = configuration.mf.query(mf_request=request).result_df
        answers.append(
            [
                [
                    str(cell) if index < len(group_by) and cell is not None else cell
                    for index, cell in enumerate(row)
                ]
                for row in table.rows
            ]
        )
    json.dump(answers, sys.stdout, default=float)


if __name__ == "__main__":
    main()
