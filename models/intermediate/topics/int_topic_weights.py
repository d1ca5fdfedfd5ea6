"""Grain: one row per axis, language, feature and topic that the feature speaks for or against.

Learned by scikit-learn's multinomial logistic regression from the examples, one for each axis and language,
and only when the examples are others than before. Feature '' has a topic's own weight; topic '' has the
square of a feature's rarity (its inverse document frequency), by which the length of a text is measured.
Weights are whole millionths.
"""

import pandas as pd

REGULARISATION = 30.0
SMALLEST_WEIGHT = 0.1


def model(dbt, session):
    """Return the weights of the axes and languages whose examples changed."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["axis", "language"],
    )
    lessons = dbt.ref("int_topic_lessons").df()
    features = dbt.ref("int_topic_features")
    if dbt.is_incremental:
        known = set(session.sql(f"select distinct lesson from {dbt.this}").df()["lesson"])
        lessons = lessons[~lessons["lesson"].isin(known)]
    learned = [
        _learned(features.filter(f"axis = '{row.axis}' and language = '{row.language}'").df(), row)
        for row in lessons.sort_values(["axis", "language"]).itertuples()
    ]
    columns = {
        "axis": "string",
        "language": "string",
        "lesson": "string",
        "feature": "string",
        "topic": "string",
        "weight_millionths": "int64",
    }
    table = pd.concat(learned) if learned else pd.DataFrame(columns=list(columns))
    return table.astype(columns)


def _learned(features, lesson):
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    # In a fixed order: the solver's last digits depend on it.
    features = features.sort_values(["example", "feature"])
    examples, example_of_row = np.unique(features["example"], return_inverse=True)
    names, name_of_row = np.unique(features["feature"], return_inverse=True)
    counts = csr_matrix(
        (np.ones(len(features)), (example_of_row, name_of_row)), shape=(len(examples), len(names))
    )
    topic_of_example = features.groupby("example")["topic"].first().loc[examples].to_numpy()
    rarity = TfidfTransformer().fit(counts)
    classifier = LogisticRegression(C=REGULARISATION, max_iter=1000)
    classifier.fit(rarity.transform(counts), topic_of_example)
    topics, weights, own = classifier.classes_, classifier.coef_, classifier.intercept_
    if len(topics) == 2:
        weights, own = np.vstack([-weights[0], weights[0]]) / 2, np.array([-own[0], own[0]]) / 2
    at_topic, at_name = np.nonzero(np.abs(weights) >= SMALLEST_WEIGHT)
    found = np.concatenate([weights[at_topic, at_name] * rarity.idf_[at_name], own, rarity.idf_**2])
    return pd.DataFrame(
        {
            "axis": lesson.axis,
            "language": lesson.language,
            "lesson": lesson.lesson,
            "feature": [*names[at_name], *[""] * len(topics), *names],
            "topic": [*topics[at_topic], *topics, *[""] * len(names)],
            "weight_millionths": np.rint(found * 1_000_000).astype("int64"),
        }
    )
