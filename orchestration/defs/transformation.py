"""dbt: the project as this company sees it, and one set of assets for each layer.

One set a layer, because a blocking check only holds back what another step builds: with a single set
the marts would be built before the staging gate has spoken (docs/decisions/0003).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration.contract import PROJECT_ROOT
from orchestration.dbt_runner import DbtRunner, Finished
from orchestration.defs.extraction import raw_key
from orchestration.locking import only_writer
from orchestration.progress import step
from orchestration.sentiment_model import model_version
from orchestration.settings import ConfigurationError, Settings

# Kinds of source whose raw tables already have the canonical columns share one staging folder.
STAGING_FOLDER_OF_KIND = {"files": "canonical", "sql": "canonical"}
# A layer is its models with their tests, and the seeds with staging.
SELECTION_OF_LAYER = {
    "staging": "resource_type:seed path:models/staging",
    "intermediate": "path:models/intermediate",
    "marts": "path:models/marts",
}


def dbt_vars(settings: Settings, entities: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the variables that tell the models about the company."""
    raw_tables: dict[str, list[str]] = {}
    staging_models: dict[str, list[str]] = {}
    for source in settings.company.sources:
        folder = STAGING_FOLDER_OF_KIND.get(source.kind, source.kind)
        for entity in entities[source.name]:
            if folder == "canonical":
                raw_tables.setdefault(entity, []).append(source.name)
            model = f"stg_{folder}__{entity}"
            if model not in staging_models.setdefault(entity, []):
                staging_models[entity].append(model)
    model = settings.sentiment_model
    return {
        "company_name": settings.company.name,
        "reporting_timezone": settings.company.reporting_timezone,
        "reporting_currency": settings.company.reporting_currency,
        "week_offset_days": settings.week_offset_days,
        "country": settings.company.country or "",
        "languages": list(settings.company.languages),
        "match_customer_names": settings.company.match_customer_names,
        "sources": [source.name for source in settings.company.sources],
        "learn_sentiment": settings.company.learn_sentiment,
        "sentiment_model": {
            "folder": str(model or ""),
            "name": settings.company.sentiment_model or "",
            "version": model_version(model) if model else "",
        },
        "raw_tables": raw_tables,
        "staging_models": staging_models,
    }


class LayerTranslator(DagsterDbtTranslator):
    """Names assets by layer and hangs staging models on the raw tables they read."""

    def __init__(self, raw_tables: Mapping[str, list[str]]) -> None:
        super().__init__()
        self._raw_tables = raw_tables

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return schema and name for a model, and `reference` and name for a seed."""
        if dbt_resource_props["resource_type"] in ("model", "seed"):
            return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer."""
        return _layer(dbt_resource_props)

    def get_asset_spec(self, manifest: Any, unique_id: str, project: Any) -> dg.AssetSpec:
        """Return the spec of a model, a staging model's with its raw tables as dependencies."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        entity = manifest["nodes"].get(unique_id, {}).get("config", {}).get("meta", {}).get("entity")
        if not entity:
            return spec
        raw = [raw_key(source, entity) for source in self._raw_tables.get(entity, [])]
        return spec.replace_attributes(deps=[*spec.deps, *raw])


def _layer(props: Mapping[str, Any]) -> str:
    if props["resource_type"] == "seed":
        return "reference"
    return next((name for name in SELECTION_OF_LAYER if name in props["fqn"]), "staging")


@dataclass(frozen=True)
class Transformation:
    """The dbt project with the company's variables, read and ready to build."""

    settings: Settings
    variables: Mapping[str, Any]
    runner: DbtRunner
    data_tests: bool = True

    @classmethod
    def prepared(
        cls, settings: Settings, entities: Mapping[str, tuple[str, ...]], data_tests: bool = True
    ) -> "Transformation":
        """Lay out the seeds and read the project; raises `ConfigurationError` if dbt cannot."""
        variables = dbt_vars(settings, entities)
        _lay_out_seeds(settings)
        runner = DbtRunner(
            settings.dbt_target,
            variables,
            {
                "CXW_BUILD_DATABASE": str(settings.build_database),
                "CXW_SEEDS": os.path.relpath(settings.seeds, PROJECT_ROOT),
            },
        )
        if problem := runner.parse():
            raise ConfigurationError(f"{PROJECT_ROOT}: dbt cannot read the project: {problem}")
        return cls(settings, variables, runner, data_tests)

    @property
    def fingerprint(self) -> str:
        """A hash of every file that the models are made of, and of the variables."""
        digest = hashlib.sha256(json.dumps(self.variables, sort_keys=True).encode())
        folders = [PROJECT_ROOT / name for name in ("models", "macros", "tests/data_tests")]
        files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        files += [PROJECT_ROOT / "dbt_project.yml", PROJECT_ROOT / "profiles.yml"]
        files += sorted(self.settings.seeds.iterdir())
        for path in files:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def assets(self, layer: str) -> dg.AssetsDefinition:
        """Return the assets of a layer: its models, and with staging the seeds."""
        settings, runner = self.settings, self.runner
        folder = settings.home / "dbt" / layer
        built = folder / "built_by.txt"
        fingerprint = self.fingerprint
        manifest = json.loads(runner.manifest_file.read_text(encoding="utf-8"))
        translator = LayerTranslator(self.variables["raw_tables"])

        @dbt_assets(
            manifest=manifest,
            select=SELECTION_OF_LAYER[layer],
            name=f"build_{layer}",
            dagster_dbt_translator=translator,
        )
        def build(context: dg.AssetExecutionContext) -> Iterator[Any]:
            selection = SELECTION_OF_LAYER[layer].split()
            if context.is_subset:
                selection = sorted(key.path[-1] for key in context.selected_asset_keys)
            # What was built by other rules is built anew; the same rules go on where they stopped.
            is_same = built.is_file() and built.read_text() == fingerprint
            full_refresh = not is_same or context.has_tag("cxw/full_refresh")
            built.unlink(missing_ok=True)
            with only_writer(settings), step(f"build {layer}") as remarks:
                finished = runner.build(selection, folder, full_refresh, self.data_tests)
                for event in finished.events:
                    yield from event.to_default_asset_events(
                        manifest, translator, context, target_path=folder
                    )
                if finished.failed or finished.error:
                    raise dg.Failure(description=_why(layer, finished), allow_retries=False)
                kinds = [each["unique_id"].split(".")[0] for each in finished.results]
                remarks.append(f"{kinds.count('model')} models, {kinds.count('test')} tests")
                if not context.is_subset:
                    built.write_text(fingerprint)

        return build


def _lay_out_seeds(settings: Settings) -> None:
    """Copy the project's seeds to the company's folder, its own reference data in their place."""
    files = {path.name: path for path in sorted((PROJECT_ROOT / "seeds").iterdir())}
    own = settings.company.reference_data
    for path in sorted(own.glob("*.csv")) if own else []:
        if path.name not in files:
            known = ", ".join(name for name in files if name.endswith(".csv"))
            raise ConfigurationError(
                f"{path}: expected a file named after reference data, found {path.name!r}; known are {known}"
            )
        expected, found = _header(files[path.name]), _header(path)
        if found != expected:
            raise ConfigurationError(f"{path}: expected the columns {expected}, found {found}")
        files[path.name] = path
    settings.seeds.mkdir(parents=True, exist_ok=True)
    for gone in {path.name for path in settings.seeds.iterdir()} - files.keys():
        (settings.seeds / gone).unlink()
    for name, path in files.items():
        target = settings.seeds / name
        if not target.is_file() or target.read_bytes() != path.read_bytes():
            shutil.copyfile(path, target)


def _header(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as lines:
        return lines.readline().strip()


def _why(layer: str, finished: Finished) -> str:
    if not finished.failed:
        return f"{layer}: dbt stopped: {finished.error}"
    first = finished.failed[0]
    kind, _, name, *_ = first["unique_id"].split(".")
    reason = " ".join(str(first["message"]).split())
    others = f", and {len(finished.failed) - 1} more" if len(finished.failed) > 1 else ""
    return f"{layer}: {kind} {name} failed: {reason}{others}; nothing behind it was built"
