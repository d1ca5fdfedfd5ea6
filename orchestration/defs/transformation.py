"""dbt: the project as this company sees it, and one set of assets for each layer.

One set a layer, because a blocking check only holds back what another step builds: with a single set
the marts would be built before the staging gate has spoken (docs/decisions/0003).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets

from orchestration.contract import PROJECT_ROOT
from orchestration.defs.extraction import raw_key
from orchestration.locking import only_writer
from orchestration.progress import step
from orchestration.settings import ConfigurationError, Settings

# Kinds of source whose raw tables already have the canonical columns share one staging folder.
STAGING_FOLDER_OF_KIND = {"files": "canonical", "sql": "canonical"}
# A layer is its models and the seeds and tests that belong to it; unit tests are for `make test`.
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
    return {
        "company_name": settings.company.name,
        "reporting_timezone": settings.company.reporting_timezone,
        "reporting_currency": settings.company.reporting_currency,
        "week_offset_days": settings.week_offset_days,
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

    def get_asset_spec(self, manifest: Any, unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
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
    """The dbt project with the company's variables, its manifest made."""

    settings: Settings
    variables: Mapping[str, Any]
    project: DbtProject

    @classmethod
    def prepared(cls, settings: Settings, entities: Mapping[str, tuple[str, ...]]) -> "Transformation":
        """Lay out the seeds, and parse the project if anything changed since it was last parsed."""
        variables = dbt_vars(settings, entities)
        _lay_out_seeds(settings)
        # dbt reads these from its environment.
        os.environ["CXW_BUILD_DATABASE"] = str(settings.build_database)
        os.environ["CXW_SEEDS"] = os.path.relpath(settings.seeds, PROJECT_ROOT)
        os.environ["DBT_TARGET_PATH"] = str(settings.dbt_target)
        project = DbtProject(
            project_dir=PROJECT_ROOT, profiles_dir=PROJECT_ROOT, target_path=settings.dbt_target
        )
        transformation = cls(settings, variables, project)
        transformation._parse_if_changed()
        return transformation

    @property
    def resource(self) -> DbtCliResource:
        """The dbt command line that the assets run."""
        return DbtCliResource(
            project_dir=self.project,
            profiles_dir=str(PROJECT_ROOT),
            dbt_executable=str(Path(sys.executable).with_name("dbt")),
        )

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
        settings, variables = self.settings, json.dumps(self.variables)
        built = settings.home / "dbt" / f"{layer}.built"
        fingerprint = self.fingerprint

        @dbt_assets(
            manifest=self.project.manifest_path,
            select=SELECTION_OF_LAYER[layer],
            name=f"build_{layer}",
            project=self.project,
            dagster_dbt_translator=LayerTranslator(self.variables["raw_tables"]),
        )
        def build(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
            arguments = ["build", "--exclude-resource-type", "unit_test", "--vars", variables]
            # What was built by other rules is built anew; the same rules go on where they stopped.
            is_same = built.is_file() and built.read_text() == fingerprint
            if not is_same or context.has_tag("cxw/full_refresh"):
                arguments.append("--full-refresh")
            built.unlink(missing_ok=True)
            with only_writer(settings), step(f"build {layer}") as remarks:
                invocation = dbt.cli(
                    arguments,
                    context=context,
                    target_path=settings.home / "dbt" / layer,
                    raise_on_error=False,
                )
                yield from invocation.stream()
                results = _results(invocation.target_path / "run_results.json")
                failed = [each for each in results if each["status"] in ("error", "fail")]
                if invocation.process.returncode or failed:
                    raise dg.Failure(description=_why(layer, failed, invocation), allow_retries=False)
                models = sum(each["unique_id"].startswith("model.") for each in results)
                tests = sum(each["unique_id"].startswith("test.") for each in results)
                remarks.append(f"{models} models, {tests} tests")
                built.write_text(fingerprint)

        return build

    def _parse_if_changed(self) -> None:
        stamp = self.settings.dbt_target / "parsed.txt"
        fingerprint = self.fingerprint
        if (
            self.project.manifest_path.is_file()
            and stamp.is_file()
            and stamp.read_text() == fingerprint
        ):
            return
        self.settings.dbt_target.mkdir(parents=True, exist_ok=True)
        command = [
            str(Path(sys.executable).with_name("dbt")), "parse", "--quiet",
            "--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT),
            "--target-path", str(self.settings.dbt_target),
            "--log-path", str(self.settings.home / "dbt" / "logs"),
            "--vars", json.dumps(self.variables),
        ]
        parsed = subprocess.run(command, capture_output=True, text=True, check=False)
        if parsed.returncode:
            problem = " ".join((parsed.stdout + parsed.stderr).split())
            raise ConfigurationError(f"{PROJECT_ROOT}: dbt cannot read the project: {problem}")
        stamp.write_text(fingerprint)


def _lay_out_seeds(settings: Settings) -> None:
    """Copy the project's seeds to the company's folder, its own reference data in their place."""
    files = {path.name: path for path in sorted((PROJECT_ROOT / "seeds").iterdir())}
    own = settings.company.reference_data
    for path in sorted(own.glob("*.csv")) if own else []:
        if path.name not in files:
            known = ", ".join(name for name in files if name.endswith(".csv"))
            raise ConfigurationError(
                f"{path}: expected a file named after reference data, found {path.name!r}; known are "
                f"{known}"
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


def _results(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["results"] if path.is_file() else []


def _why(layer: str, failed: list[dict[str, Any]], invocation: Any) -> str:
    if not failed:
        error = invocation.get_error()
        return f"{layer}: dbt stopped: {' '.join(str(error).split()) if error else 'no reason given'}"
    first = failed[0]
    name = first["unique_id"].split(".")[2]
    kind = first["unique_id"].split(".")[0]
    reason = " ".join(str(first["message"]).split())
    others = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    return f"{layer}: {kind} {name} failed: {reason}{others}; nothing behind it was built"
