"""One number, three ways to it: MetricFlow over the facts, the metric values, and the wide marts."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from orchestration.catalogue import CATALOGUE_FILE
from orchestration.contract import PROJECT_ROOT
from orchestration.semantic_layer import offer_semantic_layer

FAMILIES = ("service", "voice", "value")
# How MetricFlow names what a scope is called, where the fact itself has no such dimension.
OF_CUSTOMER = {name: f"customer__{name}" for name in ("segment", "region", "country", "industry")}
OF_OTHERS = {
    **OF_CUSTOMER,
    "offering": "offering__offering_name",
    "agent": "agent__agent_name",
    "team": "agent__team",
}
OF_TICKET = {
    **{name: f"ticket__{name}" for name in ("channel", "category", "priority", "team", "language")},
    "segment": "ticket__customer__segment",
    "offering": "ticket__offering__offering_name",
}
# Scopes that only the metric values have: facts know an agent in two roles, an hour is no dimension,
# and money of the whole company is not split in the semantic layer.
ONLY_IN_METRIC_VALUES = {
    "tickets": {"agent"},
    "replies": {"agent"},
    "interactions": {"hour"},
    "service_costs": {"team", "cost_type"},
    "customer_worth": {"relationship", "segment", "region", "country", "industry"},
    "transactions": {"category"},
    "transaction_kinds": {"category", "segment", "region", "country", "industry"},
}
# By kind the metric values tell what each kind was worth; the semantic layer's value is that of orders alone.
DEFINED_OTHERWISE = {("transaction_value", "kind")}
TICKETS, INTERACTIONS = "service.fct_ticket_metrics", "service.fct_interaction_metrics"
SURVEYS, TEXTS = "voice.fct_survey_metrics", "voice.fct_sentiment_metrics"
AGENTS, COSTS = "service.fct_agent_metrics", "service.fct_cost_metrics"
RETENTION, REVENUE = "value.fct_retention_metrics", "value.fct_revenue_movements"
PURCHASES, WALLET = "value.fct_purchase_metrics", "value.fct_wallet_metrics"
WORTH, RETURNS = "value.fct_value_metrics", "value.fct_return_metrics"
PROFILE = "value.fct_transaction_metrics"
DURATIONS = {
    "first_response_time": (TICKETS, "first_response"),
    "first_response_business_time": (TICKETS, "first_response_business"),
    "response_time": (TICKETS, "response"),
    "response_business_time": (TICKETS, "response_business"),
    "first_resolution_time": (TICKETS, "first_resolution"),
    "first_resolution_business_time": (TICKETS, "first_resolution_business"),
    "full_resolution_time": (TICKETS, "full_resolution"),
    "full_resolution_business_time": (TICKETS, "full_resolution_business"),
    "requester_wait_time": (TICKETS, "requester_wait"),
    "agent_wait_time": (TICKETS, "agent_wait"),
    "average_handle_time": (INTERACTIONS, "handle"),
    "average_speed_of_answer": (INTERACTIONS, "speed_of_answer"),
}
# The wide mart of every other metric, and its column there where that has another name.
WIDE = {
    TICKETS: {
        "ticket_volume": "tickets_created",
        "unanswered_tickets": "tickets_unanswered",
        "recurring_issue_index": "customer_hours_lost",
        **dict.fromkeys(("first_response_within_1h", "first_response_within_24h", "reopen_rate")),
        **dict.fromkeys(("first_contact_resolution_rate", "reassignment_rate", "escalation_rate")),
        "reported_sla_compliance_rate": None,
    },
    "service.fct_ticket_backlog": {"ticket_backlog": "tickets_open"},
    "service.fct_sla_metrics": dict.fromkeys(("sla_compliance_rate", "sla_ticket_compliance_rate")),
    INTERACTIONS: dict.fromkeys(
        (
            "interactions_offered",
            "interactions_handled",
            "abandonment_rate",
            "service_level",
            "ivr_containment_rate",
        )
    ),
    AGENTS: dict.fromkeys(
        (
            "agent_resolution_rate",
            "agent_quality_score",
            "agent_adherence",
            "agent_utilisation",
            "agent_workload",
        )
    ),
    COSTS: dict.fromkeys(("service_cost", "cost_per_ticket", "cost_per_contact", "cost_per_resolution")),
    SURVEYS: dict.fromkeys(
        (
            *(
                "csat",
                "csat_weighted",
                "csat_mean",
                "nps",
                "nps_weighted",
                "ces_mean",
                "fcr_customer_reported",
            ),
            *("ease_of_doing_business", "ease_of_doing_business_weighted", "survey_response_rate"),
        )
    ),
    "voice.fct_nps_standings": {"nps_of_customers": None},
    "voice.fct_follow_up_metrics": {"detractor_follow_up_rate": None},
    TEXTS: {
        "sentiment_score": "sentiment_mean",
        **dict.fromkeys(("negative_text_rate", "slow_answer_rate", "unclear_answer_rate")),
        **dict.fromkeys(
            f"emotion_{side}"
            for side in (
                *("happy", "unhappy", "enthusiastic", "frustrated"),
                *("satisfied", "dissatisfied", "content", "disappointed"),
            )
        ),
    },
    PURCHASES: {
        "repeat_purchase_rate": None,
        "repeat_purchase_count": "repeat_purchases",
        "repeat_purchase_value": None,
        "days_between_purchases": "days_between_purchases_mean",
    },
    RETENTION: dict.fromkeys(("active_customers", "churn_rate", "retention_rate")),
    REVENUE: {
        "recurring_revenue": "closing_revenue",
        "revenue_churn_rate": None,
        "net_revenue_retention_rate": None,
    },
    WALLET: dict.fromkeys(("share_of_wallet_offerings", "share_of_wallet_spend")),
    PROFILE: dict.fromkeys(("transactions", "transaction_share", "transaction_value", "return_rate")),
    WORTH: {
        "customer_lifetime_value": None,
        "expected_lifetime_value": "expected_lifetime_value_mean",
        "churn_risk": None,
    },
    RETURNS: dict.fromkeys(("service_benefit", "service_roi")),
}


@pytest.fixture(scope="module")
def defined() -> dict[str, dict]:
    """The files of models/metrics by family."""
    folder = PROJECT_ROOT / "models/metrics"
    return {name: yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8")) for name in FAMILIES}


@pytest.fixture(scope="module")
def metrics(defined) -> dict[str, dict]:
    return {metric["name"]: metric for file in defined.values() for metric in file["metrics"]}


@pytest.fixture(scope="module")
def semantic_models(defined) -> dict[str, dict]:
    return {model["name"]: model for file in defined.values() for model in file["semantic_models"]}


@pytest.fixture(scope="module")
def model_of(metrics, semantic_models) -> dict[str, str]:
    """The semantic model of each metric."""
    of_measure = {
        measure["name"]: name for name, model in semantic_models.items() for measure in model["measures"]
    }

    def first_measure(metric: dict) -> str:
        parameters = metric["type_params"]
        return parameters.get("measure") or parameters.get("numerator") or parameters["metrics"][0]["name"]

    return {name: of_measure[first_measure(metric)] for name, metric in metrics.items()}


@pytest.fixture(scope="module")
def mf_project(demo, tmp_path_factory) -> Path:
    """A folder in which MetricFlow finds the published demonstration company."""
    folder = tmp_path_factory.mktemp("mf")
    offer_semantic_layer(demo.settings, folder)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_ROOT / name, folder / name)
    return folder


def test_every_metric_has_a_semantic_definition_values_three_names_and_a_page(demo, metrics):
    with (PROJECT_ROOT / "seeds/metric_labels.csv").open(encoding="utf-8") as file:
        labels = {(row["metric"], row["language"]): row["name"] for row in csv.DictReader(file)}
    assert labels.keys() == {(metric, language) for metric in metrics for language in ("en", "he", "fa")}
    assert {name: metric["label"] for name, metric in metrics.items()} == {
        name: labels[name, "en"] for name in metrics
    }
    published = {name for (name,) in demo.rows("select distinct metric from scorecard.fct_metric_values")}
    # Nothing is foretold of who will leave where too few left to beat the baseline.
    is_foretold = demo.rows("select is_shown from value.fct_churn_model_quality") == [(True,)]
    assert published == metrics.keys() - (set() if is_foretold else {"churn_risk"})
    assert {
        name for (name,) in demo.rows("select distinct metric from scorecard.dim_metrics")
    } == metrics.keys()
    page = CATALOGUE_FILE.read_text(encoding="utf-8")
    assert all(f"\n`{name}` · " in page for name in metrics)


def test_the_metric_values_are_those_of_the_wide_marts(demo, metrics):
    """Every metric, period and scope."""
    places = {
        name: (mart, column or name) for mart, columns in WIDE.items() for name, column in columns.items()
    }
    for metric, (mart, base) in DURATIONS.items():
        places[metric] = (mart, f"{base}_seconds_mean")
        stem = metric.replace("average_", "")
        places |= {f"{stem}_{p}": (mart, f"{base}_seconds_{p}") for p in ("median", "p90", "p95")}
    assert places.keys() == metrics.keys()
    for metric, (mart, column) in places.items():
        basis = "and wide.basis = 'subscriptions'" if mart == REVENUE else ""
        (different, compared) = demo.rows(
            f"""
            select
                count(*) filter (where facts.value is distinct from cast(wide.{column} as double)),
                count(*)
            from scorecard.fct_metric_values as facts
            left join {mart} as wide
                using (period, period_start, scope, scope_value)
            where facts.metric = ? {basis}
            """,
            metric,
        )[0]
        assert not different, metric
        assert compared or metric == "churn_risk", metric


def test_metricflow_gives_the_metric_values_of_every_metric_month_and_dimension(
    demo, metrics, semantic_models, model_of, mf_project
):
    ours = defaultdict(dict)
    for metric, start, scope, scope_value, value, sample, is_complete in demo.rows(
        "select metric, period_start, scope, scope_value, value, sample_size, is_complete "
        "from scorecard.fct_metric_values where period = 'month'"
    ):
        ours[metric, scope][f"{start} 00:00:00", scope_value] = (value, sample, is_complete)
    queries = []
    unreached = defaultdict(set)
    for metric, scope in ours:
        model = semantic_models[model_of[metric]]
        (entity,) = (each["name"] for each in model["entities"] if each["type"] == "primary")
        own = {each["name"] for each in model["dimensions"] if each["type"] == "categorical"}
        foreign = {each["name"] for each in model["entities"] if each["type"] == "foreign"}
        if scope == "company":
            path = ""
        elif scope in own:
            path = f"{entity}__{scope}"
        elif model["name"] == "replies":
            path = OF_TICKET.get(scope)
        else:
            path = OF_OTHERS.get(scope)
            path = path if path and path.split("__")[0] in foreign else None
        if path is None:
            unreached[model["name"]].add(scope)
        elif (metric, scope) in DEFINED_OTHERWISE:
            continue
        else:
            queries.append(([metric], ["metric_time__month", *([path] if path else [])], scope))
    assert unreached == ONLY_IN_METRIC_VALUES
    answers = _ask(mf_project, demo, [query[:2] for query in queries])
    compared = 0
    for ((metric,), _, scope), rows in zip(queries, answers, strict=True):
        is_state = semantic_models[model_of[metric]]["dimensions"][0].get("expr", "").startswith("case")
        theirs = {}
        for row in rows:
            if scope == "company":
                theirs[row[0], "company"] = row[1]
            # Of a state, the row without a value is the whole company.
            elif row[1] is not None or not is_state:
                theirs[row[0], row[1] or "(none)"] = row[2]
        for key, (value, sample, is_complete) in ours[metric, scope].items():
            found = theirs.pop(key, None)
            # Who stays through a month is not known before it is over.
            is_running = not is_complete and model_of[metric] in ("retention", "revenue_movements")
            if value is None or is_running or (not sample and not found):
                assert not found, (metric, scope, key, value, found)
            else:
                # Spend is published to the cent; its share is computed before it is rounded.
                near = 1e-3 if metric == "share_of_wallet_spend" else 1e-6
                assert found == pytest.approx(value, rel=near, abs=1e-6), (metric, scope, key)
                compared += 1
        # What is left are months before the first one of which anything can be said.
        assert not any(theirs.values()), (metric, scope, theirs)
    assert compared > 20_000


def test_mf_query_answers_from_the_command_line(demo, mf_project, tmp_path):
    answer = tmp_path / "nps.csv"
    mf = Path(sys.executable).with_name("mf")
    subprocess.run(
        [mf, "query", "--metrics", "nps", "--group-by", "metric_time__month", "--csv", answer],
        cwd=mf_project,
        env={**os.environ, "CXW_HOME": str(demo.home)},
        check=True,
        capture_output=True,
    )
    with answer.open(encoding="utf-8") as file:
        found = {row["metric_time__month"][:10]: float(row["nps"]) for row in csv.DictReader(file)}
    expected = {
        start: row["value"] for (start, _), row in demo.metric("nps", "month").items() if row["sample_size"]
    }
    assert found == pytest.approx(expected, abs=1e-3)


def _ask(project: Path, demo, queries: list) -> list:
    process = subprocess.run(
        [sys.executable, "-m", "tests.semantic_queries", str(project)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "CXW_HOME": str(demo.home)},
        input=json.dumps(queries),
        check=False,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr[-3000:]
    return json.loads(process.stdout.splitlines()[-1])
