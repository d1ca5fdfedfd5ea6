"""What exists in this code location: assets, checks, jobs, schedules and sensors of one company.

How a thing of a kind is made stands in `orchestration/defs/`.
"""

from __future__ import annotations

import dagster as dg

from orchestration.defs.alerts import alert_checks
from orchestration.defs.extraction import raw_assets
from orchestration.defs.gates import gate
from orchestration.defs.publishing import publication
from orchestration.defs.schedules import jobs, new_files_sensor, schedules
from orchestration.defs.transformation import Transformation
from orchestration.settings import Settings, load_settings
from orchestration.sources import entities_of

DBT_LAYERS = ("staging", "intermediate", "marts")


def build_definitions(settings: Settings, data_tests: bool = True) -> dg.Definitions:
    """Return the definitions of a company; raises `ConfigurationError` or `ExtractionError`.

    `data_tests` says whether dbt's are run with the models.
    """
    entities = {source.name: entities_of(source) for source in settings.company.sources}
    transformation = Transformation.prepared(settings, entities, data_tests)
    raw = [raw_assets(settings, source, entities[source.name]) for source in settings.company.sources]
    layers = {layer: transformation.assets(layer) for layer in DBT_LAYERS}
    return dg.Definitions(
        assets=[*raw, *layers.values(), publication(settings, layers["marts"])],
        asset_checks=[
            gate(settings, "raw", [key for each in raw for key in each.keys]),
            *(gate(settings, layer, sorted(layers[layer].keys)) for layer in DBT_LAYERS),
            alert_checks(settings),
        ],
        jobs=jobs(),
        schedules=schedules(),
        sensors=[new_files_sensor(settings)],
        executor=dg.in_process_executor,
    )


@dg.definitions
def warehouse() -> dg.Definitions:
    """Return the definitions of the company that the environment names."""
    return build_definitions(load_settings())
