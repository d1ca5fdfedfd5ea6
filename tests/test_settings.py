"""The company file: every mistake is one line that says where and what to write instead."""

from __future__ import annotations

import pytest
import yaml

from orchestration.settings import ConfigurationError, load_settings


def company(folder, **changes):
    (folder / "export").mkdir(exist_ok=True)
    content = {"name": "Test", "sources": [{"name": "export", "kind": "files", "path": "export"}], **changes}
    file = folder / "company.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return {"CXW_COMPANY": str(file), "CXW_HOME": str(folder / "home")}


def source(**changes):
    return [{"name": "export", "kind": "files", "path": "export", **changes}]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "colour is not a known key"),
        ({"name": None}, "name: "),
        ({"reporting_timezone": "Berlin"}, "'Berlin' is not an IANA timezone"),
        ({"reporting_currency": "euro"}, "reporting_currency: "),
        ({"first_day_of_week": "Mon"}, "first_day_of_week: "),
        ({"as_of": "yesterday"}, "'yesterday' is not a moment; write now, latest or a time"),
        ({"sources": []}, "sources: "),
        ({"sources": source(kind="fax")}, "sources[0].kind is 'fax'; expected one of 'files', 'sql'"),
        ({"sources": source(path="nowhere")}, "expected a folder at"),
        ({"sources": source(url="x")}, "sources[0].url is not a known key"),
        ({"sources": source(name="Export")}, "sources[0].name: "),
        ({"sources": source() + source()}, "'export' names two sources"),
        ({"sources": source(entities=["tickts"])}, "'tickts' is not a canonical entity"),
        (
            {
                "sources": [
                    {"name": "db", "kind": "sql", "url": "${CXW_TEST_DB}", "entities": {"tickets": "t"}}
                ]
            },
            "sources[0].url names the environment variable CXW_TEST_DB, which is not set",
        ),
        (
            {
                "sources": [
                    {
                        "name": "db",
                        "kind": "sql",
                        "url": "sqlite:///none.sqlite",
                        "entities": {"tickets": "t"},
                    }
                ]
            },
            "expected a SQLite file at",
        ),
        ({"reference_data": "nowhere"}, "reference_data: expected a folder at"),
        (
            {"alerts": {"webhook": "hook"}},
            "alerts.webhook: expected a url that begins with http:// or https://",
        ),
        (
            {"alerts": {"email": {"server": "mail:secret", "sender": "a@b.c", "to": ["d@e.f"]}}},
            "alerts.email.server: expected a url that begins with smtp:// or smtps://",
        ),
        ({"alerts": {"telegram": "x"}}, "alerts.telegram is not a known key"),
    ],
)
def test_a_mistake_in_the_company_file_is_one_clear_line(tmp_path, changes, said):
    with pytest.raises(ConfigurationError) as error:
        load_settings(company(tmp_path, **changes))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert str(tmp_path / "company.yml") in str(error.value)


def test_a_missing_company_file_says_what_to_set(tmp_path):
    with pytest.raises(ConfigurationError, match="expected a company file, found none; set CXW_COMPANY"):
        load_settings({"CXW_COMPANY": str(tmp_path / "none.yml")})


def test_cxw_as_of_overrides_the_company_file(tmp_path):
    env = company(tmp_path, as_of="now")
    assert load_settings(env).company.as_of == "now"
    moved = load_settings({**env, "CXW_AS_OF": "2026-03-01T12:00:00+01:00"})
    assert moved.company.as_of == "2026-03-01T11:00:00+00:00"


def test_a_malformed_cxw_as_of_is_one_clear_line(tmp_path):
    with pytest.raises(ConfigurationError, match="CXW_AS_OF: 'soon' is not a moment"):
        load_settings({**company(tmp_path), "CXW_AS_OF": "soon"})


def test_a_secret_comes_from_the_environment(tmp_path):
    env = company(
        tmp_path,
        sources=[
            {
                "name": "db",
                "kind": "sql",
                "url": "postgresql+psycopg://u:${SECRET}@h/d",
                "entities": {"tickets": "t"},
            }
        ],
    )
    assert load_settings({**env, "SECRET": "s3"}).company.sources[0].url.endswith("u:s3@h/d")


def test_a_date_without_quotes_is_a_moment_too(tmp_path):
    env = company(tmp_path)
    file = tmp_path / "company.yml"
    file.write_text(file.read_text() + "as_of: 2026-03-01\n")
    assert load_settings(env).company.as_of == "2026-03-01T00:00:00+00:00"
