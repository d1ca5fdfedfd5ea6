"""The documents say what is true: the tree, the tables, the queries, the catalogue, the recipes."""

from __future__ import annotations

import csv
import re
import subprocess

import pytest

from orchestration.catalogue import CATALOGUE_FILE, catalogue
from orchestration.contract import PROJECT_ROOT
from orchestration.settings import Company, FilesSource, SqlSource

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    *PROJECT_ROOT.glob("*.md"),
    *(PROJECT_ROOT / "docs").rglob("*.md"),
]


def test_the_tree_of_the_readme_is_the_tree():
    block = README.split("## The house")[1].split("```")[1]
    folder = ""
    for line in block.strip().splitlines():
        name = line.split()[0]
        path = folder + name if line.startswith("  ") else name
        if not line.startswith("  "):
            folder = name if name.endswith("/") else ""
        assert (PROJECT_ROOT / path).exists(), path
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    folders = {path.split("/")[0] for path in tracked if "/" in path and not path.startswith(".")}
    assert folders <= {line.split("/")[0] for line in block.splitlines()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_traced_number_is_the_same_at_every_step(demo):
    queries = re.findall(r"```sql\n(.*?)```", README.split("### One number")[1], flags=re.S)
    answers = [tuple(map(int, demo.rows(query)[0])) for query in queries]
    assert len(answers) == 3
    assert len(set(answers)) == 1
    assert answers[0][1] > 50


def test_every_query_of_the_readme_runs(demo):
    queries = re.findall(r"```sql\n(.*?)```", README, flags=re.S)
    assert all(demo.rows(query) for query in queries)


def test_the_catalogue_is_what_the_seeds_say():
    assert CATALOGUE_FILE.read_text(encoding="utf-8") == catalogue()


def test_every_metric_has_a_definition_three_names_and_values(demo):
    with (PROJECT_ROOT / "seeds/metric_definitions.csv").open(encoding="utf-8") as file:
        defined = {row["metric"] for row in csv.DictReader(file)}
    with (PROJECT_ROOT / "seeds/metric_labels.csv").open(encoding="utf-8") as file:
        labels = {(row["metric"], row["language"]) for row in csv.DictReader(file)}
    published = {name for (name,) in demo.rows("select distinct metric from scorecard.fct_metric_values")}
    # Nothing is foretold of who will leave where too few left to beat the baseline.
    is_foretold = demo.rows("select is_shown from value.fct_churn_model_quality") == [(True,)]
    assert published == defined - (set() if is_foretold else {"churn_risk"})
    assert labels == {(metric, language) for metric in defined for language in ("en", "he", "fa")}


def test_the_changelog_lists_the_published_tables(demo):
    text = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    listed = {
        (schema, table.strip())
        for schema, tables in re.findall(r"^\| (\w+) \| ([\w, ]+) \|$", text, flags=re.M)
        if schema != "schema"
        for table in tables.split(",")
    }
    assert listed == set(demo.rows("select schema_name, table_name from duckdb_tables()"))


def test_the_company_file_document_lists_every_key():
    text = (PROJECT_ROOT / "docs/company-file.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)`", text, flags=re.M))
    known = {*Company.model_fields, *FilesSource.model_fields, *SqlSource.model_fields}
    assert listed == known
