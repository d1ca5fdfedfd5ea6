"""Grain: one row per model, fit (check, final) and parameter, fitted by maximum likelihood with SciPy.

bg_nbd: how often customers without a contract buy and when they stop (Fader, Hardie and Lee 2005), in
weeks: r, alpha, a, b. gamma_gamma: what their repeat purchases are worth (Fader and Hardie 2013): p, q, v.
beta_geometric: how long customers with a contract stay (Fader and Hardie 2007), in months: gamma, delta.
Beside the parameters stand log_likelihood and customers, those that the fit read. A model with too few
customers, or whose likelihood has no maximum that can be found, has no row. Where customers do not differ
in how they leave, a and b, or gamma and delta, grow together without end and only their ratio counts: they
stop at `MOST`.
"""

import numpy as np
import pandas as pd

COLUMNS = {"model": "string", "fit": "string", "parameter": "string", "value": "float64"}
# Parameters are looked for between these.
LEAST, MOST = 1e-4, 1e4


def model(dbt, session):
    """Return the parameters of every fit."""
    dbt.config(materialized="table")
    least = int(dbt.config.meta_get("least_customers"))
    most = int(dbt.config.meta_get("most_customers"))
    # The same customers on every run: keys are hashes, so the first of them are a sample.
    purchases = dbt.ref("int_purchase_histories").order("fit, customer_key").df()
    contracts = dbt.ref("int_contract_lives").order("fit, customer_key").df()
    found = []
    for fit in ("check", "final"):
        bought = purchases[purchases["fit"] == fit].head(most)
        repeated = bought[(bought["repeat_purchases"] > 0) & (bought["mean_repeat_value"] > 0)]
        lived = contracts[(contracts["fit"] == fit) & contracts["is_observed"]]
        if len(repeated) >= least:
            found += _fitted(
                "bg_nbd", fit, _bg_nbd, ("r", "alpha", "a", "b"), len(bought), *_histories(bought)
            )
            counts, values = (
                repeated[name].to_numpy(float) for name in ("repeat_purchases", "mean_repeat_value")
            )
            start = (0.0, 0.0, np.log(values.mean()))
            found += _fitted(
                "gamma_gamma", fit, _gamma_gamma, ("p", "q", "v"), len(repeated), counts, values, start=start
            )
        if lived["has_left"].sum() >= least:
            found += _fitted(
                "beta_geometric", fit, _beta_geometric, ("gamma", "delta"), len(lived), *_lives(lived)
            )
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def _fitted(name, fit, log_likelihood, parameters, customers, *data, start=None):
    """Look for the maximum in logarithms, by simplex, started anew where it stopped until it stays."""
    from scipy.optimize import minimize

    def loss(logs):
        # A likelihood that cannot be computed there is a bad one; the search turns back.
        with np.errstate(all="ignore"):
            value = -log_likelihood(np.clip(np.exp(logs), LEAST, MOST), *data)
        return value if np.isfinite(value) else 1e300

    at = np.zeros(len(parameters)) if start is None else np.array(start)
    tight = {"xatol": 1e-7, "fatol": 1e-7, "maxiter": 4000, "maxfev": 4000}
    for _ in range(3):
        at = minimize(loss, at, method="Nelder-Mead", options=tight).x
    values = np.clip(np.exp(at), LEAST, MOST)
    if (values < 2 * LEAST).any():
        return []
    found = dict(zip(parameters, values, strict=True))
    found |= {"log_likelihood": -loss(at), "customers": customers}
    return [(name, fit, parameter, float(value)) for parameter, value in found.items()]


def _histories(bought):
    """Count customers with the same history once: repeat purchases, weeks to the last, weeks known."""
    names = ["repeat_purchases", "days_to_last_purchase", "days_known"]
    same = bought.groupby(names).size().reset_index(name="customers")
    x, last, known, customers = (same[name].to_numpy(float) for name in [*names, "customers"])
    return x, last / 7, known / 7, customers


def _bg_nbd(parameters, x, last, known, customers):
    from scipy.special import gammaln

    r, alpha, a, b = parameters
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    common += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + known)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + last)
    either = np.where(x > 0, np.logaddexp(alive, gone), alive)
    return (customers * (common + either)).sum()


def _gamma_gamma(parameters, x, mean):
    from scipy.special import gammaln

    p, q, v = parameters
    each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    each += (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(v + x * mean)
    return each.sum()


def _lives(lived):
    """Count customers with the same life once: renewals, those not observed, if it ended, customers."""
    names = ["renewals", "renewals_before", "has_left"]
    same = lived.groupby(names).size().reset_index(name="customers")
    return tuple(same[name].to_numpy(float) for name in [*names, "customers"])


def _beta_geometric(parameters, renewals, before, has_left, customers):
    from scipy.special import betaln

    gamma, delta = parameters
    stayed = betaln(gamma, delta + renewals)
    left = betaln(gamma + 1, delta + renewals)
    return (customers * (np.where(has_left == 1, left, stayed) - betaln(gamma, delta + before))).sum()
