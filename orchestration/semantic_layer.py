"""The semantic layer for who queries it: `mf query` at the project's root, over the published file.

dbt writes the semantic manifest for the database that it builds; MetricFlow looks for it in `target/` at the
project's root and asks the database that it names.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestration.contract import PROJECT_ROOT
from orchestration.settings import Settings

MANIFEST = Path("target/semantic_manifest.json")


def offer_semantic_layer(settings: Settings, root: Path = PROJECT_ROOT) -> Path:
    """Write the semantic manifest of the published file below `root`, and return where."""
    manifest = json.loads((settings.dbt_target / MANIFEST.name).read_text(encoding="utf-8"))
    database = settings.published_database.stem
    relations = [model["node_relation"] for model in manifest["semantic_models"]]
    relations += [spine["node_relation"] for spine in manifest["project_configuration"]["time_spines"]]
    for relation in relations:
        relation.update(_in_database(relation, database))
    target = root / MANIFEST
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(manifest), encoding="utf-8")
    return target


def _in_database(relation: dict[str, Any], database: str) -> dict[str, str]:
    name = ".".join(f'"{part}"' for part in (database, relation["schema_name"], relation["alias"]))
    return {"database": database, "relation_name": name}
