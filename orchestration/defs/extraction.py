"""Raw assets: one for each table of a source, loaded together by one dlt pipeline."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from orchestration.locking import only_writer
from orchestration.progress import step
from orchestration.settings import Settings, Source
from orchestration.sources import ExtractionError
from orchestration.sources.arrivals import record_run
from orchestration.sources.loading import load


def raw_key(source: str, entity: str) -> dg.AssetKey:
    """Return the key of a raw table."""
    return dg.AssetKey(["raw", source, entity])


def raw_assets(settings: Settings, source: Source, entities: tuple[str, ...]) -> dg.AssetsDefinition:
    """Return the assets of a source's raw tables."""
    fresh = source.fresh_within_hours
    policy = dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=max(fresh or 48, 1)),
    )
    specs = [
        dg.AssetSpec(
            raw_key(source.name, entity),
            group_name="raw",
            kinds={source.kind, "dlt", "duckdb"},
            description=f"{entity} as it arrived from {source.name}, one row per version of a record.",
            freshness_policy=policy,
            skippable=True,
        )
        for entity in entities
    ]

    @dg.multi_asset(name=f"extract_{source.name}", specs=specs, can_subset=True)
    def extract(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        wanted = sorted(key.path[-1] for key in context.selected_asset_keys)
        with only_writer(settings), step(f"extract {source.name}") as remarks:
            record_run(settings)
            try:
                landed = load(source, settings.build_database, wanted)
            except ExtractionError as error:
                raise dg.Failure(description=str(error), allow_retries=False) from None
            remarks.append(f"{sum(landed.values()):,} rows of {len(landed)} tables")
        for entity, rows in landed.items():
            yield dg.MaterializeResult(asset_key=raw_key(source.name, entity), metadata={"rows_landed": rows})

    return extract
