"""Grain: one row per use (validation, current), snapshot and active customer: its probability of leaving.

A logistic regression (scikit-learn) of whether customers left on what was known of them at the snapshot.
The validation is out of time: the last two snapshots whose outcome is known, each judged by what older ones
teach, whose horizons had ended when it was taken. The current rows, of snapshot 0, are judged by all of
them. Beside it stands a plain baseline: the share that left of those with the same kind of relationship and
days since the last order. Customers with and without a contract have a regression each where enough of both
left. Reasons are the features that raise the customer's odds most above those of the average customer.
Without enough customers who left there is no row.
"""

import numpy as np
import pandas as pd

COLUMNS = {
    "usage": "string",
    "customer_key": "string",
    "snapshot_on": "datetime64[us]",
    "relationship": "string",
    "has_left": "boolean",
    "probability": "float64",
    "baseline_probability": "float64",
    "reason_1": "string",
    "reason_2": "string",
    "reason_3": "string",
}
REASONS = {
    "baseline": "the last order is long ago",
    "days_with_us": "a short time with us",
    "orders_90": "few orders in 90 days",
    "orders_365": "few orders in a year",
    "contracts_running": "few contracts",
    "contracts_ended_180": "contracts ended in 180 days",
    "requests_90": "requests in 90 days",
    "requests_365": "requests in a year",
    "broken_promises_90": "broken promises in 90 days",
    "late_solutions_90": "late solutions in 90 days",
    "low_scores_180": "low scores in 180 days",
    "good_scores_180": "no good score in 180 days",
    "digital_90": "little digital activity in 90 days",
}
# Days since the last order that the baseline tells apart.
RECENCY = (30, 60, 90, 120, 150, 180, 365)
# Customers of the average share that a cell of the baseline is mixed with.
SHRINKAGE = 20
# Odds ratios this close to 1 are no reason.
SMALLEST_REASON = 0.05


def model(dbt, session):
    """Return the validation's and the current probabilities."""
    dbt.config(materialized="table")
    least = int(dbt.config.meta_get("least_left"))
    rows = dbt.ref("int_churn_features").order("snapshot_number, customer_key").df()
    rows["has_left"] = rows["has_left"].astype("boolean")
    found = []
    for usage, number in (("validation", 2), ("validation", 1), ("current", 0)):
        known, asked = rows[rows["snapshot_number"] > number], rows[rows["snapshot_number"] == number]
        kinds = [(known, asked)]
        by_kind = dict(tuple(known.groupby("relationship")))
        if all(
            kind in by_kind and _is_enough(by_kind[kind], least) for kind in asked["relationship"].unique()
        ):
            # Who has a contract leaves for other reasons than who just does not buy again.
            kinds = [(by_kind[kind], rows) for kind, rows in asked.groupby("relationship")]
        found += [
            _judged(of_kind, rows).assign(usage=usage)
            for of_kind, rows in kinds
            if len(rows) and _is_enough(of_kind, least)
        ]
    table = pd.concat(found) if found else pd.DataFrame(columns=list(COLUMNS))
    return table.reindex(columns=list(COLUMNS)).astype(COLUMNS)


def _is_enough(rows, least):
    return min(rows["has_left"].sum(), (~rows["has_left"]).sum()) >= least


def _judged(known, asked):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    left = known["has_left"].to_numpy(bool)
    baseline = _baseline(known, left)
    scaler = StandardScaler().fit(_features(known, baseline))
    x, at = (scaler.transform(_features(each, baseline)) for each in (known, asked))
    regression = LogisticRegression(C=0.1, max_iter=1000).fit(x, left)
    pull = at * regression.coef_[0]
    names = np.array([*REASONS])
    strongest = np.argsort(-pull, axis=1, kind="stable")[:, :3]
    texts = np.array([REASONS[name] for name in names], dtype=object)[strongest]
    texts[np.take_along_axis(pull, strongest, axis=1) < SMALLEST_REASON] = None
    return asked[["customer_key", "snapshot_on", "relationship", "has_left"]].assign(
        probability=regression.predict_proba(at)[:, 1],
        baseline_probability=baseline(asked),
        reason_1=texts[:, 0],
        reason_2=texts[:, 1],
        reason_3=texts[:, 2],
    )


def _features(rows, baseline):
    """Return a column for each reason; counts by their logarithm, for the tenth says less than the first."""
    odds = baseline(rows)
    columns = [np.log(odds / (1 - odds))]
    columns += [np.log1p(rows[name].to_numpy(float)) for name in REASONS if name != "baseline"]
    return np.column_stack(columns)


def _baseline(known, left):
    overall = left.mean()
    cells = pd.DataFrame({"cell": _cells(known), "left": left}).groupby("cell")["left"].agg(["sum", "size"])
    shares = (cells["sum"] + SHRINKAGE * overall) / (cells["size"] + SHRINKAGE)
    return lambda rows: _cells(rows).map(shares).fillna(overall).to_numpy(float)


def _cells(rows):
    days = rows["days_since_order"].fillna(10**6).to_numpy(float)
    return rows["relationship"] + " " + pd.Series(np.digitize(days, RECENCY), index=rows.index).astype(str)
