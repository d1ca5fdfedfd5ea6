"""When the warehouse runs: every hour what is new, every night all anew, and when files arrive."""

import hashlib
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.settings import FilesSource, Settings

FULL_REFRESH = {"cxw/full_refresh": "true"}
RAW = dg.AssetSelection.groups("raw")


def jobs() -> list[Any]:
    """Return the jobs: everything, and its two halves."""
    return [
        dg.define_asset_job(
            "warehouse", dg.AssetSelection.all(), description="From the sources to the publication."
        ),
        dg.define_asset_job("extract", RAW, description="Land what is new, and hold the raw gate."),
        dg.define_asset_job(
            "build",
            # With the raw gate: what it holds back must not get in by this door.
            (dg.AssetSelection.all() - RAW) | dg.AssetSelection.all_asset_checks(),
            description="Hold the raw gate, then build, validate and publish what has been landed.",
        ),
    ]


def schedules() -> list[dg.ScheduleDefinition]:
    """Return the hourly run of what is new and the nightly one that builds everything anew."""
    return [
        dg.ScheduleDefinition(
            name="hourly_incremental",
            job_name="warehouse",
            cron_schedule="5 * * * *",
            description="Land and build what is new.",
        ),
        dg.ScheduleDefinition(
            name="daily_full",
            job_name="warehouse",
            cron_schedule="30 3 * * *",
            tags=FULL_REFRESH,
            description="Build every model anew from raw, so that no increment can drift.",
        ),
    ]


def new_files_sensor(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor that runs the warehouse when an exported file is new or has changed."""
    folders = [source.path for source in settings.company.sources if isinstance(source, FilesSource)]

    @dg.sensor(
        name="new_files",
        job_name="warehouse",
        minimum_interval_seconds=60,
        description="Looks at the folders of the files sources once a minute.",
    )
    def new_files(
        context: dg.SensorEvaluationContext,
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        digest = hashlib.sha256()
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    stat = path.stat()
                    digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        seen = digest.hexdigest()
        if context.cursor == seen:
            yield dg.SkipReason(f"nothing new in {len(folders)} folders")
            return
        context.update_cursor(seen)
        yield dg.RunRequest(run_key=seen)

    return new_files
