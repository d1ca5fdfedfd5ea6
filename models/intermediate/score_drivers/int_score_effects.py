"""Grain: one row per score, scope, driver and band, and one without a band (band '') per driver.

A linear regression of the score's points on the bands of all drivers at once (statsmodels, ordinary least
squares; covariance clustered by customer, for a customer who answers often says less than several who
answer once). A band's effect is against the driver's first band, or, where bands have no order, against the
band with most scores.

A driver's points are the standard deviation of the score that its bands bring about, with what chance alone
would bring about taken off; its interval comes from the variance of that quadratic form of the effects.
Points to gain are by how much the mean would rise if every score were in the driver's first band.
Complaints are left out: they say the cause, they are none.
"""

import pandas as pd

Z_95 = 1.959963984540054
UNKNOWN = "(unknown)"
COLUMNS = {
    "score": "string",
    "scope": "string",
    "scope_value": "string",
    "driver": "string",
    "band": "string",
    "scores": "int64",
    "points": "float64",
    "ci_low": "float64",
    "ci_high": "float64",
    "points_to_gain": "float64",
    "gain_ci_low": "float64",
    "gain_ci_high": "float64",
    "variance_explained": "float64",
}


def model(dbt, session):
    """Return the effects of every score, for the company and for each segment with enough scores."""
    dbt.config(materialized="table")
    least_scores = dbt.config.meta_get("least_scores")
    least_in_band = dbt.config.meta_get("least_in_band")
    least_customers = dbt.config.meta_get("least_customers")
    drivers = dbt.ref("int_score_drivers").filter("driver <> 'complaint' and is_recent").df()
    found = []
    for score, of_score in drivers.groupby("score"):
        scopes = [("company", "company", of_score)]
        scopes += [
            ("segment", segment, rows)
            for segment, rows in of_score.fillna({"segment": "(none)"}).groupby("segment")
        ]
        for scope, value, rows in scopes:
            if rows["score_key"].nunique() >= least_scores:
                found += _effects((score, scope, value), rows, least_in_band, least_customers)
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def _effects(where, rows, least_in_band, least_customers):
    import numpy as np
    import statsmodels.api as sm

    wide = rows.pivot(index="score_key", columns="driver", values="band").sort_index()
    about = rows.drop_duplicates("score_key").set_index("score_key").loc[wide.index]
    design, columns = [np.ones(len(wide))], {}
    for driver in wide.columns:
        position = rows[rows["driver"] == driver].groupby("band")["position"].first()
        bands = _kept_bands(wide[driver], position, least_in_band)
        if bands.nunique() < 2:
            continue
        counts = bands.value_counts()
        order = counts.sort_index().sort_values(ascending=False, kind="stable").index
        if position.notna().all():
            order = position.reindex(counts.index).sort_values().index
        columns[driver] = {}
        for band in order[1:]:
            indicator = (bands == band).to_numpy(float)
            if np.linalg.matrix_rank(np.column_stack([*design, indicator])) > len(design):
                columns[driver][band] = (len(design), int(indicator.sum()))
                design.append(indicator)
        if not columns[driver]:
            del columns[driver]
    if not columns:
        return []
    x, points = np.column_stack(design), about["points"].to_numpy(float)
    if points.std() == 0:
        return []
    groups = pd.factorize(about["customer_key"])[0]
    # The covariance of clusters needs more of them than there are effects, or it says too little.
    if groups.max() + 1 < max(least_customers, x.shape[1] + 1):
        return []
    fitted = sm.OLS(points, x).fit(cov_type="cluster", cov_kwds={"groups": groups})
    effect, covariance = np.asarray(fitted.params), np.asarray(fitted.cov_params())
    spread, shares = np.cov(x, rowvar=False, bias=True), x.mean(axis=0)
    found = []
    for driver, bands in columns.items():
        at = [number for number, _ in bands.values()]
        b, v, s = effect[at], covariance[np.ix_(at, at)], spread[np.ix_(at, at)]
        chance = np.trace(s @ v)
        explained = b @ s @ b - chance
        error = np.sqrt(2 * np.trace(s @ v @ s @ v) + 4 * b @ s @ v @ s @ b)
        low, high = explained - Z_95 * error, explained + Z_95 * error
        is_ordered = rows.loc[rows["driver"] == driver, "position"].notna().all()
        worse = shares[at] * [band != UNKNOWN for band in bands]
        gain, gain_error = -(worse @ b), np.sqrt(worse @ v @ worse)
        gains = (gain, gain - Z_95 * gain_error, gain + Z_95 * gain_error) if is_ordered else (None,) * 3
        deviations = [float(np.sqrt(max(each, 0))) for each in (explained, low, high)]
        share = max(explained, 0) / points.var()
        found.append((*where, driver, "", len(x), *deviations, *gains, float(share)))
        for band, (number, scores) in bands.items():
            half = Z_95 * np.sqrt(covariance[number, number])
            value = effect[number]
            found.append((*where, driver, band, scores, value, value - half, value + half, *(None,) * 4))
    return found


def _kept_bands(bands, position, least):
    """Pool bands with few scores: ordered ones with the better neighbour, others among themselves."""
    bands = bands.fillna(UNKNOWN)
    counts = bands.value_counts()
    small = [band for band in counts.index if counts[band] < least]
    if not small:
        return bands
    if not position.notna().all():
        return bands.where(~bands.isin(small), "(other)")
    order = list(position.sort_values().index)
    kept = [band for band in order if band not in small] or order[:1]
    better = {}
    for band in order:
        earlier = [each for each in kept if order.index(each) <= order.index(band)]
        better[band] = earlier[-1] if earlier else kept[0]
    return bands.map(lambda band: better.get(band, band))
