"""The documents say what is true: the tree, the tables, the queries, the catalogue, the recipes."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from orchestration.catalogue import CATALOGUE_FILE, catalogue
from orchestration.contract import PROJECT_ROOT
from orchestration.settings import Alerts, Company, Email, FilesSource, SqlSource

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


@pytest.mark.parametrize("document", ["README.md", "docs/scorecard.md"])
def test_every_query_of_a_document_runs(demo, document):
    queries = re.findall(
        r"```sql\n(.*?)```", (PROJECT_ROOT / document).read_text(encoding="utf-8"), flags=re.S
    )
    assert queries
    assert all(demo.rows(query) for query in queries)


def test_the_catalogue_is_what_the_semantic_layer_computes(demo):
    assert CATALOGUE_FILE.read_text(encoding="utf-8") == catalogue(demo.settings.published_database)


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
    known = {
        name for model in (Company, Alerts, Email, FilesSource, SqlSource) for name in model.model_fields
    }
    assert listed == known


def test_the_numbers_of_the_scorecard_document_are_those_of_the_models():
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    of, text = project["vars"], (PROJECT_ROOT / "docs/scorecard.md").read_text(encoding="utf-8")
    assert f"a pause of more than {of['journey_gap_days']} days are a session" in text
    assert f"the first contact to {of['journey_follow_days']} days after the end" in text
    assert f"far ({of['anomaly_robust_z']} robust standard deviations)" in text
