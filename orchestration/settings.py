"""The company file and the environment, read once.

Nothing else in the project reads either. Every error is one line that says where, what was
expected, what was found and what to write instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from orchestration.contract import PROJECT_ROOT, entities
from orchestration.sentiment_model import model_folder

DEFAULT_COMPANY = PROJECT_ROOT / "demo/company.yml"
PUBLISHED_SCHEMAS = ("core", "service", "voice", "value", "scorecard")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _canonical(name: str) -> str:
    if name not in entities():
        raise ValueError(f"{name!r} is not a canonical entity; expected one of {', '.join(entities())}")
    return name


CanonicalEntity = Annotated[str, AfterValidator(_canonical)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


class ConfigurationError(ValueError):
    """The company file or the environment cannot be used; the message is one line."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Source(_Strict):
    """What every kind of source has.

    `malformed` says what a value of the wrong type does: stop the run, or set its row aside.
    `fresh_within_hours` stops the run at the raw gate when nothing changed for longer.
    """

    name: Name
    malformed: Literal["stop", "quarantine"] = "stop"
    fresh_within_hours: float | None = Field(default=None, gt=0)

    @field_validator("name")
    @classmethod
    def _not_reserved(cls, name: str) -> str:
        if name.endswith("_staging"):
            raise ValueError("ends in _staging, which the loader uses for its own schemas")
        return name


class FilesSource(_Source):
    """A folder of files, each named after the canonical entity it holds.

    `entities` names those that must be there; without it, what is found is what there is.
    """

    kind: Literal["files"]
    path: Path
    entities: tuple[CanonicalEntity, ...] | None = None


class SqlSource(_Source):
    """A database that SQLAlchemy reaches.

    `entities` maps a canonical entity to a table, or to a query in the database's own SQL.
    `lag_hours` is re-read at every run, for rows that were committed late. `detect_deletes` compares
    the keys at every run, so that rows deleted at the source disappear.
    """

    kind: Literal["sql"]
    url: str
    entities: dict[CanonicalEntity, str] = Field(min_length=1)
    lag_hours: float = Field(default=24, ge=0)
    detect_deletes: bool = True


Source = Annotated[FilesSource | SqlSource, Field(discriminator="kind")]


def _url(url: str, schemes: tuple[str, ...]) -> str:
    """Return a url that is one; what is wrong with it is said without it, as it may hold a secret."""
    parts = urlsplit(url)
    try:
        is_complete = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_complete = False
    if not is_complete:
        raise ValueError(f"expected a url that begins with {' or '.join(f'{each}://' for each in schemes)}")
    return url


class Email(_Strict):
    """Where alerts are mailed; `server` is smtp://user:password@host:port, or smtps:// for TLS at once."""

    server: Annotated[str, AfterValidator(lambda url: _url(url, ("smtp", "smtps")))]
    sender: str
    to: tuple[str, ...] = Field(min_length=1)


class Alerts(_Strict):
    """Who is told of alerts, of periods that ended in the last `days` days."""

    webhook: Annotated[str, AfterValidator(lambda url: _url(url, ("http", "https")))] | None = None
    email: Email | None = None
    days: int = Field(default=7, ge=1)


class Company(_Strict):
    """A company as its file describes it; docs/company-file.md lists every key."""

    name: str
    reporting_timezone: str = "UTC"
    reporting_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    languages: tuple[str, ...] = Field(default=("en",), min_length=1)
    first_day_of_week: Literal[WEEKDAYS] = "monday"
    as_of: str | datetime = "now"
    reference_data: Path | None = None
    sentiment_model: str | None = None
    learn_sentiment: bool = True
    match_customer_names: bool = False
    alerts: Alerts = Alerts()
    sources: tuple[Source, ...] = Field(min_length=1)

    @field_validator("reporting_timezone")
    @classmethod
    def _timezone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not an IANA timezone; write for example Europe/Berlin") from None
        return value

    @field_validator("match_customer_names")
    @classmethod
    def _splink_is_there(cls, value: bool) -> bool:
        if value and find_spec("splink") is None:
            raise ValueError("needs the packages of cx-warehouse[splink]; install them, or write false")
        return value

    @field_validator("as_of")
    @classmethod
    def _as_of_is_a_moment(cls, value: str | datetime) -> str:
        return parse_as_of(value)

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [source.name for source in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]!r} names two sources; give each its own name")
        return value


def parse_as_of(value: str | datetime) -> str:
    """Return `now`, `latest` or an ISO 8601 time in UTC; a time without a zone is taken as UTC."""
    if isinstance(value, str) and value in ("now", "latest"):
        return value
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(
            f"{value!r} is not a moment; write now, latest or a time such as 2026-06-30T23:59:59Z"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat()


@dataclass(frozen=True)
class Settings:
    """The company, and where its state lives."""

    company: Company
    company_file: Path
    home: Path

    @property
    def build_database(self) -> Path:
        """The private database that extraction and dbt write."""
        return self.home / "build.duckdb"

    @property
    def published_database(self) -> Path:
        """The file that analysts and BI tools open, read-only."""
        return self.home / "published" / "analytics.duckdb"

    @property
    def sentiment_model(self) -> Path | None:
        """The folder of the Hugging Face model that scores texts.

        Raises `ConfigurationError` where it is not on this machine.
        """
        if self.company.sentiment_model is None:
            return None
        try:
            return model_folder(self.company.sentiment_model, self.company_file.parent)
        except ValueError as error:
            raise ConfigurationError(f"{self.company_file}: sentiment_model: {error}") from None

    @property
    def dbt_target(self) -> Path:
        """Compiled dbt artifacts of this company."""
        return self.home / "dbt" / "target"

    @property
    def seeds(self) -> Path:
        """The project's seeds with the company's own reference data laid over them."""
        return self.home / "dbt" / "seeds"

    @property
    def alerts_told(self) -> Path:
        """The keys of the alerts that somebody was told of, one a line."""
        return self.home / "alerts" / "told.txt"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history and event log."""
        return self.home / "dagster"

    @property
    def week_offset_days(self) -> int:
        """Days from Monday to the company's first day of the week, 0-6."""
        return WEEKDAYS.index(self.company.first_day_of_week)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the company file and the environment.

    Raises `ConfigurationError` with one line when either cannot be used.
    """
    env = os.environ if environment is None else environment
    company_file = Path(env.get("CXW_COMPANY") or DEFAULT_COMPANY).expanduser().resolve()
    home = Path(env.get("CXW_HOME") or PROJECT_ROOT / "warehouse").expanduser().resolve()
    company = _read_company(company_file, env)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"CXW_HOME: expected a folder that can be written at {home}, found: {error.strerror}; set it "
            "to another folder"
        ) from None
    if not os.access(home, os.W_OK):
        raise ConfigurationError(f"CXW_HOME: {home} cannot be written; set it to another folder")
    return Settings(company=company, company_file=company_file, home=home)


def _read_company(path: Path, env: Mapping[str, str]) -> Company:
    if not path.is_file():
        raise ConfigurationError(
            f"{path}: expected a company file, found none; set CXW_COMPANY to one, "
            "or leave it unset for the demonstration company"
        )
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        raise ConfigurationError(f"{path}: expected YAML in UTF-8, found: {problem}") from None
    if not isinstance(content, dict):
        raise ConfigurationError(
            f"{path}: expected keys such as name and sources, found {type(content).__name__}"
        )
    content = _with_variables(content, env, path, "")
    if env.get("CXW_AS_OF"):
        try:
            content["as_of"] = parse_as_of(env["CXW_AS_OF"])
        except ValueError as error:
            raise ConfigurationError(f"CXW_AS_OF: {error}") from None
    try:
        company = Company.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_first_problem(error)}") from None
    return _resolved(company, path)


def _with_variables(value: Any, env: Mapping[str, str], path: Path, where: str) -> Any:
    """Replace `${NAME}` in texts by the variable of that name."""
    if isinstance(value, dict):
        return {key: _with_variables(item, env, path, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_with_variables(item, env, path, f"{where}[{at}]") for at, item in enumerate(value)]
    if not isinstance(value, str):
        return value

    def lookup(match: re.Match[str]) -> str:
        name = match.group(1)
        if not env.get(name):
            raise ConfigurationError(
                f"{path}: {where.lstrip('.')} names the environment variable {name}, which is not "
                f"set; set it, or write the value in its place"
            )
        return env[name]

    return re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", lookup, value)


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}"
        for part in problem["loc"]
        if part not in ("files", "sql")
    ).lstrip(".")
    if problem["type"] == "extra_forbidden":
        return f"{where} is not a known key; remove it or correct its spelling"
    if problem["type"] == "missing":
        return f"{where} is missing; add it"
    if problem["type"] == "union_tag_invalid":
        found = problem["ctx"]["tag"]
        return f"{where}.kind is {found!r}; expected one of 'files', 'sql'"
    if problem["type"] == "union_tag_not_found":
        return f"{where}.kind is missing; write files or sql"
    message = problem["msg"].removeprefix("Value error, ")
    return (
        f"{where}: {message}, found {problem['input']!r}"
        if (problem["type"] != "value_error")
        else f"{where}: {message}"
    )


def _resolved(company: Company, company_file: Path) -> Company:
    """Make paths absolute, relative ones from the company file's folder; check that they exist."""
    folder = company_file.parent
    sources = []
    for source in company.sources:
        if isinstance(source, FilesSource):
            path = (folder / source.path.expanduser()).resolve()
            if not path.is_dir():
                raise ConfigurationError(
                    f"{company_file}: source {source.name!r}: expected a folder at {path}, found "
                    "none; correct path, or put the export there"
                )
            source = source.model_copy(update={"path": path})
        elif source.url.startswith("sqlite:///"):
            path = (folder / source.url.removeprefix("sqlite:///")).resolve()
            if not path.is_file():
                raise ConfigurationError(
                    f"{company_file}: source {source.name!r}: expected a SQLite file at {path}, "
                    "found none; correct url"
                )
            source = source.model_copy(update={"url": f"sqlite:///{path}"})
        sources.append(source)
    update: dict[str, Any] = {"sources": tuple(sources)}
    if company.reference_data is not None:
        path = (folder / company.reference_data.expanduser()).resolve()
        if not path.is_dir():
            raise ConfigurationError(
                f"{company_file}: reference_data: expected a folder at {path}, found none"
            )
        update["reference_data"] = path
    return company.model_copy(update=update)
