"""Grain: one row per fit (check, final) and customer that a fitted model speaks of.

Without a contract: the probability that the customer still buys, purchases expected in the days after the
fit (of the final fit: in the next 365), what one of them is expected to be worth, and purchases expected
over the horizon, each discounted to now from the middle of its quarter. With a contract: the probability
that it runs (1 or 0), the share of it expected to run at the end of those days, and months expected over
the horizon, discounted alike. Formulas as in the papers that int_value_model_fits names.
"""

import numpy as np
import pandas as pd

COLUMNS = {
    "fit": "string",
    "customer_key": "string",
    "relationship": "string",
    "probability_active": "float64",
    "expected_purchases": "float64",
    "expected_share": "float64",
    "expected_purchase_value": "float64",
    "discounted_purchases": "float64",
    "discounted_months": "float64",
}


def model(dbt, session):
    """Return what the fitted models expect of every customer."""
    dbt.config(materialized="table")
    horizon = int(dbt.config.meta_get("horizon_months"))
    discount = float(dbt.config.meta_get("discount_per_year"))
    fits = dbt.ref("int_value_model_fits").df()
    purchases = dbt.ref("int_purchase_histories").order("fit, customer_key").df()
    contracts = dbt.ref("int_contract_lives").order("fit, customer_key").df()
    found = []
    for fit in ("check", "final"):
        of_fit = fits[fits["fit"] == fit]
        models = {name: rows.set_index("parameter")["value"] for name, rows in of_fit.groupby("model")}
        if "bg_nbd" in models:
            found.append(_buyers(purchases[purchases["fit"] == fit], models, horizon, discount))
        if "beta_geometric" in models:
            latest = contracts[(contracts["fit"] == fit) & contracts["is_latest"]]
            found.append(_subscribers(latest, models, horizon, discount))
    table = pd.concat(found) if found else pd.DataFrame(columns=list(COLUMNS))
    return table.reindex(columns=list(COLUMNS)).astype(COLUMNS)


def _buyers(rows, models, horizon, discount):
    r, alpha, a, b = models["bg_nbd"][["r", "alpha", "a", "b"]]
    names = ["repeat_purchases", "days_to_last_purchase", "days_known", "days_after"]
    same, of_row = np.unique(rows[names].to_numpy(float), axis=0, return_inverse=True)
    x, last, known = same[:, 0], same[:, 1] / 7, same[:, 2] / 7
    after = np.where(same[:, 3] > 0, same[:, 3], 365) / 7
    # The odds that the customer has stopped.
    odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + known) / (alpha + last)) ** (r + x), 0)

    def purchases_in(weeks):
        from scipy.special import hyp2f1

        shrinks = ((alpha + known) / (alpha + known + weeks)) ** (r + x)
        shrinks *= hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + known + weeks))
        return (a + b + x - 1) / (a - 1) * (1 - shrinks) / (1 + odds)

    quarters = np.arange(horizon // 3 + 1) * 365.25 / 4 / 7
    by_quarter = np.diff([purchases_in(weeks) for weeks in quarters], axis=0)
    weights = (1 + discount) ** -((np.arange(len(by_quarter)) + 0.5) / 4)
    value = np.full(len(rows), np.nan)
    if "gamma_gamma" in models:
        p, q, v = models["gamma_gamma"][["p", "q", "v"]]
        count, mean = (
            rows["repeat_purchases"].to_numpy(float),
            rows["mean_repeat_value"].fillna(0).to_numpy(float),
        )
        value = p * (v + count * mean) / (p * count + q - 1) if q > 1 else value
    return rows[["fit", "customer_key"]].assign(
        relationship="non_contractual",
        probability_active=(1 / (1 + odds))[of_row],
        expected_purchases=purchases_in(after)[of_row],
        expected_purchase_value=value,
        discounted_purchases=(weights @ by_quarter)[of_row],
    )


def _subscribers(rows, models, horizon, discount):
    from scipy.special import betaln

    gamma, delta = models["beta_geometric"][["gamma", "delta"]]
    renewals = rows["renewals"].to_numpy(float)
    runs = ~rows["has_left"].to_numpy(bool)

    def still_there(months):
        return np.exp(betaln(gamma, delta + renewals + months) - betaln(gamma, delta + renewals))

    months = np.arange(1, horizon + 1)
    weights = (1 + discount) ** -((months - 0.5) / 12)
    discounted = sum(weight * still_there(month) for month, weight in zip(months, weights, strict=True))
    after = rows["months_after"].to_numpy(float)
    return rows[["fit", "customer_key"]].assign(
        relationship="contractual",
        probability_active=runs.astype(float),
        expected_share=np.where(runs, still_there(np.where(after > 0, after, 12)), 0.0),
        discounted_months=np.where(runs, discounted, 0.0),
    )
