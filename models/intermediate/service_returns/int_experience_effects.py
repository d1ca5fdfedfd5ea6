"""Grain: one row per measure of service (csat, first_contact_resolution): what it does to leaving.

A linear regression (statsmodels, ordinary least squares, covariance clustered by customer) of whether an
active customer left within the horizon on the share of its last 180 days' answers that were satisfied, or
of its requests that were settled at the first contact; beside it stand the kind of relationship, how long
the customer has been there, how long the last order is ago, how often it turned to us, and the snapshot.
`effect` is the change of the probability of leaving from a share of 0 to one of 1. An association, not a
proof. Without enough customers who left there is no row.
"""

import numpy as np
import pandas as pd

COLUMNS = {
    "measure": "string",
    "customers": "int64",
    "observations": "int64",
    "effect": "float64",
    "standard_error": "float64",
}


def model(dbt, session):
    """Return the effect of each measure."""
    dbt.config(materialized="table")
    least = int(dbt.config.meta_get("least_left"))
    rows = dbt.ref("int_experience_snapshots").order("snapshot_number, customer_key").df()
    found = []
    for measure, column in (("csat", "csat"), ("first_contact_resolution", "fcr")):
        known = rows[rows[column].notna()]
        left = known["has_left"].astype(bool)
        if min(left.sum(), (~left).sum()) >= least and known[column].nunique() > 1:
            found.append((measure, *_effect(known, left.to_numpy(float), known[column].to_numpy(float))))
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def _effect(rows, left, share):
    import statsmodels.api as sm

    beside = pd.DataFrame(
        {
            "contractual": rows["relationship"].eq("contractual").astype(float),
            "with_us": np.log1p(rows["days_with_us"].astype(float)),
            "since_order": np.log1p(rows["days_since_order"].fillna(730).astype(float)),
            "requests": np.log1p(rows["requests_365"].astype(float)),
        }
    )
    snapshots = pd.get_dummies(rows["snapshot_number"], drop_first=True).astype(float)
    design = np.column_stack([share, np.ones(len(rows)), beside, snapshots])
    customers = pd.factorize(rows["customer_key"])[0]
    fitted = sm.OLS(left, design).fit(cov_type="cluster", cov_kwds={"groups": customers})
    return customers.max() + 1, len(rows), float(fitted.params[0]), float(fitted.bse[0])
