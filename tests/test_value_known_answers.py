"""The hand-checked cases of what customers are worth and who they are. One company holds them all.

Times are UTC, and so is the company's reporting timezone; as_of is the end of June 2026. Three systems know
its customers: the CRM (source `export`), the ledger and the helpdesk.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.companies import as_csv, make_company

MARCH = "2026-03-01"


def account(name: str, title: str = "", **more) -> dict:
    created = "2025-01-01T00:00:00Z"
    return {"account_id": name, "account_name": title or name, "created_at": created, **more}


def contract(name: str, of: str, started: str, ended: str = "", amount: int = 50) -> dict:
    return {
        "subscription_id": name,
        "account_id": of,
        "offering_id": "plan",
        "started_at": started,
        "ended_at": ended,
        "monthly_amount": amount,
        "currency": "EUR",
    }


def order(name: str, of: str, day: str, amount: int, status: str = "fulfilled", **more) -> dict:
    return {
        "order_id": name,
        "account_id": of,
        "ordered_at": f"{day}T12:00:00Z",
        "status": status,
        "currency": "EUR",
        "net_amount": amount,
        **more,
    }


def ticket(name: str, of: str, category: str, day: str) -> dict:
    return {
        "ticket_id": name,
        "account_id": of,
        "channel": "email",
        "category": category,
        "status": "open",
        "created_at": f"{day}T10:00:00Z",
    }


CRM = {
    "accounts": [
        *(account(name) for name in ("three", "passer", "loyal", "leaver")),
        *(account(name) for name in ("returned", "twice", "window", "eager")),
        account("7", "Acme Ltd."),
        account("8", "Blue"),
        account("C1", "Nord"),
        account("C2", "Phoned"),
        account("C3", "West Works"),
        account("P", "First client of one bookkeeper"),
        account("Q", "Second client of one bookkeeper"),
        account("S1", "Decided to be one"),
        account("D1", "Decided to be two"),
        account("N1", "North Wind Trading", country="DE"),
    ],
    "contacts": [
        {"contact_id": "c1", "account_id": "C1", "full_name": "Ann", "email": "ann@nord.example"},
        {"contact_id": "c2", "account_id": "C2", "full_name": "Bob", "phone": "+49 30 1234567"},
        {"contact_id": "c3", "account_id": "C3", "full_name": "Cid", "email": "cid@west.example"},
        {"contact_id": "p", "account_id": "P", "email": "office@books.example"},
        {"contact_id": "q", "account_id": "Q", "email": "office@books.example"},
        {"contact_id": "d1", "account_id": "D1", "email": "dee@two.example"},
        {"contact_id": "g1", "account_id": "S1", "email": "sam@gmail.com"},
    ],
    "offerings": [
        {"offering_id": "plan", "offering_name": "Plan", "category": "plans"},
        {"offering_id": "thing", "offering_name": "Thing", "category": "things"},
    ],
    "subscriptions": [
        *(contract(f"three-{n}", "three", "2026-01-10T00:00:00Z") for n in "1"),
        *(contract(f"three-{n}", "three", "2026-01-10T00:00:00Z", "2026-03-15T00:00:00Z") for n in "23"),
        contract("passer-1", "passer", "2026-03-05T08:00:00Z", "2026-03-20T08:00:00Z", 70),
        contract("loyal-1", "loyal", "2025-12-01T00:00:00Z"),
        contract("leaver-1", "leaver", "2025-12-01T00:00:00Z", "2026-03-31T12:00:00Z", 80),
    ],
    "orders": [
        order("r1", "returned", "2026-01-05", 100),
        order("r2", "returned", "2026-02-05", 50, "returned"),
        order("t1", "twice", "2026-01-05", 10),
        order("t2", "twice", "2026-01-05", 20),
        order("w1", "window", "2025-12-01", 10),
        order("e1", "eager", "2026-01-20", 300, sourced_ticket_id="sale"),
        order("x1", "", "2026-01-21", 5),
    ],
    "order_lines": [
        {
            "order_line_id": "e1-1",
            "order_id": "e1",
            "offering_id": "thing",
            "quantity": 1,
            "net_amount": 300,
            "cost_amount": 200,
        }
    ],
    "wallet_estimates": [
        {
            "account_id": "eager",
            "category": "things",
            "period_start": "2026-01-01",
            "estimated_spend": 3650,
            "currency": "EUR",
        }
    ],
    "tickets": [
        ticket("sale", "eager", "sales", "2026-01-19"),
        ticket("stay", "loyal", "Cancellation", "2026-01-10"),
        ticket("go", "leaver", "cancellation", "2026-03-20"),
    ],
    "service_costs": [
        {
            "cost_id": month,
            "period_start": f"{month}-01",
            "cost_type": "salaries",
            "amount": 1000,
            "currency": "EUR",
        }
        for month in ("2026-01", "2026-02")
    ],
}
LEDGER = {
    "accounts": [
        account("7", "ACME"),
        account("8", "Red GmbH"),
        account("E1", "N O R D & Sons"),
        account("S2", "One by decision"),
        account("D2", "Two by decision"),
        account("N2", "North Wind Tradng Ltd", country="DE"),
    ],
    "contacts": [
        {"contact_id": "e1", "account_id": "E1", "full_name": "ann", "email": "Ann+invoices@NORD.example"},
        {"contact_id": "d2", "account_id": "D2", "email": "dee@two.example"},
    ],
}
HELPDESK = {
    "contacts": [
        {"contact_id": "h1", "phone": "030 / 123 45 67"},
        {"contact_id": "h2", "email": "somebody@west.example"},
        {"contact_id": "h3", "email": "other@gmail.com"},
        {"contact_id": "h4", "phone": "anonymous"},
    ]
}
LINKS = [("S1", "S2", "same"), ("D1", "D2", "different")]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("value_known_answers")
    company = make_company(
        folder / "company",
        CRM,
        as_of="2026-06-30T23:00:00Z",
        country="DE",
        match_customer_names=True,
        sources=[
            {"name": "export", "kind": "files", "path": "export"},
            {"name": "ledger", "kind": "files", "path": "ledger"},
            {"name": "helpdesk", "kind": "files", "path": "helpdesk"},
        ],
        reference={
            "margin_shares": [{"category": "*", "margin_share": 0.4}],
            "stated_benefits": [
                {
                    "period_start": "2026-01-01",
                    "benefit": "answers reused in the shop",
                    "amount": 30,
                    "currency": "EUR",
                    "rule": "thirty minutes of the shop's staff",
                }
            ],
            "customer_links": [
                {
                    "source_system": "export",
                    "record_kind": "account",
                    "record_id": one,
                    "other_source_system": "ledger",
                    "other_record_kind": "account",
                    "other_record_id": other,
                    "verdict": verdict,
                }
                for one, other, verdict in LINKS
            ],
        },
    )
    for name, entities in (("ledger", LEDGER), ("helpdesk", HELPDESK)):
        (folder / "company" / name).mkdir()
        for entity, rows in entities.items():
            (folder / "company" / name / f"{entity}.csv").write_text(as_csv(rows), encoding="utf-8")
    return company.run()


def row(warehouse, table: str, where: str) -> dict:
    columns = [name for (name,) in warehouse.rows("select column_name from (describe value." + table + ")")]
    (found,) = warehouse.rows(f"select * from value.{table} where {where}")
    return dict(zip(columns, found, strict=True))


def retention(warehouse, month: str, relationship: str = "contractual") -> dict:
    return row(
        warehouse,
        "fct_retention_metrics",
        f"period = 'month' and period_start = '{month}' and scope_value = '{relationship}'",
    )


def customers(warehouse) -> dict[tuple[str, str], str]:
    """The customer by source and identifier of the record."""
    return {
        (source, record): customer
        for source, record, customer in warehouse.rows(
            "select source_system, record_id, customer_key from core.dim_customer_records"
        )
    }


def test_two_of_three_subscriptions_of_one_customer_end_contraction_not_churn(warehouse):
    march = row(
        warehouse,
        "fct_revenue_movements",
        f"basis = 'subscriptions' and period = 'month' and period_start = '{MARCH}' and scope = 'company'",
    )
    assert march["contraction_revenue"] == 100
    assert march["customers_contracted"] == 1
    # The leaver alone has left.
    assert (march["churned_revenue"], march["customers_churned"]) == (80, 1)
    assert march["opening_revenue"] == 3 * 50 + 50 + 80
    assert march["closing_revenue"] == 50 + 50
    assert march["revenue_churn_rate"] == pytest.approx(180 / 280, abs=1e-6)
    assert retention(warehouse, MARCH)["customers_churned"] == 1


def test_joined_and_left_within_the_month_neither_start_base_nor_retention(warehouse):
    march = retention(warehouse, MARCH)
    assert march["customers_joined_and_left"] == 1
    assert (march["customers_at_start"], march["customers_retained"]) == (3, 2)
    assert march["customers_new"] == 0
    assert march["retention_rate"] == pytest.approx(2 / 3, abs=1e-6)
    april = retention(warehouse, "2026-04-01")
    assert (april["customers_at_start"], april["customers_churned"]) == (2, 0)


def test_order_returned_in_full_is_no_repeat_purchase_and_worth_nothing(warehouse):
    key = customers(warehouse)["export", "returned"]
    value = row(warehouse, "fct_customer_values", f"customer_key = '{key}'")
    assert (value["purchases"], value["repeat_purchases"]) == (1, 0)
    assert value["repeat_purchase_value"] == 0
    assert value["revenue_to_date"] == 100
    kinds = dict(
        warehouse.rows(
            "select kind, transaction_value from value.fct_customer_transactions where customer_key = ?", key
        )
    )
    assert kinds == {"order": 100, "return": 50}


def test_two_orders_of_one_day_are_one_purchase(warehouse):
    key = customers(warehouse)["export", "twice"]
    value = row(warehouse, "fct_customer_values", f"customer_key = '{key}'")
    assert (value["purchases"], value["repeat_purchases"], value["revenue_to_date"]) == (1, 0, 30)


def test_without_a_contract_a_customer_is_active_for_180_days_after_a_purchase(warehouse):
    days = dict(
        warehouse.rows(
            "select cast(period_start as varchar), customers_churned from value.fct_retention_metrics "
            "where period = 'day' and scope_value = 'non_contractual' "
            "and period_start between '2026-05-29' and '2026-05-31'"
        )
    )
    # Bought on the first of December: 180 days later is the thirtieth of May, its last day.
    assert days == {"2026-05-29": 0, "2026-05-30": 1, "2026-05-31": 0}


def test_a_sale_to_somebody_unknown_is_revenue_and_no_customers(warehouse):
    assert warehouse.rows("select count(*), sum(reporting_amount) from value.fct_orders") == [
        (7, Decimal("445.00"))
    ]
    assert warehouse.rows("select reporting_amount from value.fct_orders where customer_key is null") == [
        (5,)
    ]
    buyers = warehouse.metric("repeat_purchase_rate")["2026-01-01", "company"]["denominator"]
    assert buyers == 4


def test_revenue_movements_add_up_in_every_period(warehouse):
    wrong = warehouse.rows(
        "select * from value.fct_revenue_movements where opening_revenue + new_revenue + reactivated_revenue "
        "+ expansion_revenue - contraction_revenue - churned_revenue <> closing_revenue"
    )
    assert wrong == []
    assert len(warehouse.rows("select 1 from value.fct_revenue_movements")) > 500


def test_return_on_service_is_benefit_less_cost_by_cost_each_part_apart(warehouse):
    january = row(warehouse, "fct_return_metrics", "period = 'month' and period_start = '2026-01-01'")
    # The order that came about in a ticket: 300 less its cost of 200.
    assert january["orders_sourced_benefit"] == 100
    assert january["stated_benefit"] == 30
    assert january["customers_saved_benefit"] == 0
    assert january["service_roi"] == pytest.approx((130 - 1000) / 1000)
    february = row(warehouse, "fct_return_metrics", "period = 'month' and period_start = '2026-02-01'")
    # Who asked to leave in January and is still here: 28 days of 50 a month, 40 % of it margin.
    assert february["customers_saved_benefit"] == Decimal("18.40")
    assert warehouse.metric("service_roi", "month")["2026-02-01", "company"]["value"] == pytest.approx(
        -0.9816
    )


def test_who_left_after_asking_to_was_not_saved(warehouse):
    saved = warehouse.built_rows(
        "select cast(asked_on as varchar), is_saved from intermediate.int_retention_requests order by 1"
    )
    assert saved == [("2026-01-10", True), ("2026-03-20", False)]


def test_share_of_wallet_by_offerings_and_by_spend(warehouse):
    key = customers(warehouse)["export", "eager"]
    assert warehouse.rows(
        "select offerings_in_use from value.fct_customer_values where customer_key = ?", key
    ) == [(1,)]
    january = warehouse.metric("share_of_wallet_spend", "month")["2026-01-01", "company"]
    # 3,650 a year are 310 in the thirty-one days of January.
    assert (january["numerator"], january["denominator"]) == (300, pytest.approx(310))
    assert january["value"] == pytest.approx(300 / 310, abs=1e-6)
    # At the end of January three, loyal, leaver and eager use one of the two offerings each.
    share = warehouse.metric("share_of_wallet_offerings", "month")["2026-01-01", "company"]
    assert (share["numerator"], share["denominator"], share["value"]) == (4, 8, 0.5)


def test_too_few_customers_left_to_foretell_anything_so_nothing_is_shown(warehouse):
    assert warehouse.rows("select * from value.fct_churn_model_quality") == []
    assert warehouse.rows("select * from value.fct_churn_risks") == []
    assert warehouse.metric("churn_risk", "month") == {}


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        (("export", "7"), ("ledger", "7"), "identifier"),
        (("export", "C1"), ("ledger", "E1"), "email"),
        (("export", "C2"), ("helpdesk", "h1"), "phone"),
        (("export", "C3"), ("helpdesk", "h2"), "domain"),
        (("export", "S1"), ("ledger", "S2"), "decision"),
        (("export", "N1"), ("ledger", "N2"), "name"),
    ],
)
def test_records_of_two_systems_are_one_customer(warehouse, one, other, because):
    keys = customers(warehouse)
    assert keys[one] == keys[other]
    reasons = warehouse.rows(
        "select distinct kind from core.fct_customer_links where customer_key = ? and is_joined", keys[one]
    )
    assert (because,) in reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # One identifier, two names.
        (("export", "8"), ("ledger", "8")),
        # One bookkeeper's address, two customers of one system.
        (("export", "P"), ("export", "Q")),
        # One address, and a decision that they are two.
        (("export", "D1"), ("ledger", "D2")),
        # Everybody can have an address there.
        (("export", "S1"), ("helpdesk", "h3")),
        (("helpdesk", "h3"), ("helpdesk", "h4")),
    ],
)
def test_records_stay_two_customers(warehouse, one, other):
    keys = customers(warehouse)
    assert keys[one] != keys[other]


def test_a_conflict_of_identities_is_shown_with_its_reason(warehouse):
    conflicts = warehouse.rows(
        "select identifier, count(*), min(reason) from core.fct_customer_links "
        "where kind = 'email' and not is_joined group by 1 order by 1"
    )
    reason = "would join different customers of one system, or what a decision keeps apart"
    assert conflicts == [("dee@two.example", 2, reason), ("office@books.example", 2, reason)]


def test_a_person_in_two_systems_is_one_person(warehouse):
    people = warehouse.rows("select records, full_name from core.dim_contacts where records > 1 order by 2")
    assert people == [(2, "Ann"), (2, "Bob")]
