"""Gates: the Great Expectations suites of a layer as blocking checks on its assets."""

from collections.abc import Iterable, Iterator

import dagster as dg

from expectations.gate import validate
from expectations.suites import Suite, suites
from orchestration.locking import only_writer
from orchestration.progress import step
from orchestration.settings import Settings
from orchestration.sources.arrivals import profile_arrivals


def gate(settings: Settings, layer: str, keys: Iterable[dg.AssetKey]) -> dg.AssetChecksDefinition:
    """Return the blocking checks of a layer: one for each suite and table."""
    keys = sorted(keys)
    checked = list(_suites_of(layer, keys))
    specs = [
        dg.AssetCheckSpec(
            name=f"gate_{suite.name}",
            asset=key,
            blocking=True,
            description="; ".join(each.because for each in suite.expectations),
        )
        for key, suite in checked
    ]

    @dg.multi_asset_check(name=f"{layer}_gate", specs=specs)
    def hold(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with only_writer(settings), step(f"gate {layer}") as remarks:
            if layer == "raw":
                wanted: dict[str, tuple[str, ...]] = {}
                for key in keys:
                    wanted[key.path[1]] = (*wanted.get(key.path[1], ()), key.path[2])
                profile_arrivals(settings, wanted)
            verdicts = validate(settings.build_database, [suite for _, suite in checked])
            held = sum(verdict.held for verdict in verdicts)
            broken = sum(len(verdict.broken) for verdict in verdicts)
            remarks.append(f"{held} expectations held" + (f", {broken} broken" if broken else ""))
        for (key, suite), verdict in zip(checked, verdicts, strict=True):
            reason = f"{'/'.join(key.path)}: {'; '.join(verdict.broken)}"
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=f"gate_{suite.name}",
                passed=verdict.passed,
                description=reason if verdict.broken else None,
                metadata={"expectations_held": verdict.held},
            )

    return hold


def _suites_of(layer: str, keys: list[dg.AssetKey]) -> Iterator[tuple[dg.AssetKey, Suite]]:
    """Yield each suite of a layer with the asset it is about."""
    if layer == "raw":
        tables = {f"control.{key.path[1]}__{key.path[2]}": key for key in keys}
    else:
        tables = {f"{key.path[0]}.{key.path[1]}": key for key in keys}
    each = [name for name in tables if layer == "raw" or name.startswith("staging.stg_")]
    for suite in suites(layer, each):
        yield tables[suite.table], suite
