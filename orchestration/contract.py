"""The source contract as Python sees it.

Read from the one place that states it, `models/staging/canonical/_canonical__models.yml`. Add an
entity or a column there; nothing here changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CONTRACT_FILE = PROJECT_ROOT / "models/staging/canonical/_canonical__models.yml"


@dataclass(frozen=True)
class Column:
    """A column of a canonical entity.

    `data_type` is a DuckDB type; `is_required` says that a row without a value breaks the contract.
    """

    name: str
    data_type: str
    is_required: bool


@dataclass(frozen=True)
class Entity:
    """A canonical entity; `key` identifies a row within one source.

    `event_time` is the column that says when it happened; null for what has no such moment.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    event_time: str | None

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.is_required)


@lru_cache(maxsize=1)
def entities() -> dict[str, Entity]:
    """Return the canonical entities by name, in the order of the contract."""
    contract = yaml.safe_load(CONTRACT_FILE.read_text(encoding="utf-8"))
    found = {}
    for model in contract["models"]:
        meta = model["config"]["meta"]
        columns = tuple(
            Column(
                name=column["name"],
                data_type=column["data_type"],
                is_required=column.get("config", {}).get("meta", {}).get("required", False),
            )
            for column in model["columns"]
        )
        # Every entity may have it, and needs it to tell versions of a record apart.
        cursor = Column("updated_at", "timestamp with time zone", is_required=False)
        found[meta["entity"]] = Entity(
            meta["entity"], tuple(meta["key"]), (*columns, cursor), meta.get("event_time")
        )
    return found
