"""Grain: two rows per pair of accounts of different systems whose names are probably one, one for each
account.

Splink compares names (the same words, whatever their order; Jaro-Winkler similarity above 0.95 or 0.9;
else) and countries, by the probabilities below, which are fixed, so that the same pair is judged alike on
every run: how often accounts of one customer agree so far (m), and how often those of two do (u). Before
anything is compared, each account is expected to have one match, in a list of a thousand or more.
`match_id` begins with the doubt, so that the surest are joined first. Without `match_customer_names` in the
company file there is no row.
"""

import pandas as pd

COLUMNS = {"record_key": "string", "match_id": "string", "probability": "float64"}
# By level, the best first.
NAMES_M, NAMES_U = [0.75, 0.12, 0.08, 0.05], [1e-6, 3e-5, 3e-4, 0.999669]
COUNTRIES_M, COUNTRIES_U = [0.95, 0.05], [0.2, 0.8]
# A short list is judged as one so long.
FEWEST = 1000


def model(dbt, session):
    """Return the pairs that are probable enough."""
    dbt.config(materialized="table")
    is_wanted = str(dbt.config.meta_get("is_wanted")).lower() == "true"
    least = float(dbt.config.meta_get("least_probability"))
    records = dbt.ref("int_customer_records").filter("record_kind = 'account' and record_name is not null")
    accounts = records.order("record_key").df()
    if not is_wanted or accounts["source_system"].nunique() < 2:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    pairs = _matched(accounts, least)
    doubt = (1 - pairs["probability"]).map("{:.6f}".format)
    pairs["match_id"] = doubt + " " + pairs["left_key"] + " " + pairs["right_key"]
    sides = [pairs.rename(columns={side: "record_key"})[list(COLUMNS)] for side in ("left_key", "right_key")]
    return pd.concat(sides).sort_values(["match_id", "record_key"]).astype(COLUMNS)


def _matched(accounts, least):
    import duckdb
    import splink.comparison_level_library as levels
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.comparison_library import CustomComparison, ExactMatch

    accounts = accounts.assign(
        name=accounts["record_name"],
        words=accounts["record_name"].map(lambda name: " ".join(sorted(name.split()))),
        place=accounts["country"].fillna(""),
    )
    sizes = accounts["source_system"].value_counts()
    names = [
        levels.NullLevel("words"),
        levels.ExactMatchLevel("words"),
        levels.JaroWinklerLevel("name", 0.95),
        levels.JaroWinklerLevel("name", 0.9),
        levels.ElseLevel(),
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            CustomComparison(names, "name").configure(m_probabilities=NAMES_M, u_probabilities=NAMES_U),
            ExactMatch("country").configure(m_probabilities=COUNTRIES_M, u_probabilities=COUNTRIES_U),
        ],
        # What can never reach the probability is not compared: all but names that begin or end alike.
        blocking_rules_to_generate_predictions=[
            block_on("words"),
            block_on("substr(name, 1, 4)", "place"),
            block_on("right(name, 6)", "place"),
        ],
        probability_two_random_records_match=1 / max(sizes.max(), FEWEST),
        unique_id_column_name="record_key",
        source_dataset_column_name="source_system",
        retain_matching_columns=False,
        linker_uid="names",
    )
    with duckdb.connect() as connection:
        connection.register(
            "given", accounts[["record_key", "source_system", "name", "words", "country", "place"]]
        )
        connection.execute("create table accounts as select * from given order by record_key")
        api = DuckDBAPI(connection)
        linker = Linker(api.register("accounts"), settings, log_level=None)
        found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
        return connection.execute(
            "select least(record_key_l, record_key_r) as left_key, "
            "greatest(record_key_l, record_key_r) as right_key, "
            f"round(match_probability, 6) as probability from {found.physical_name} order by 3 desc, 1, 2"
        ).df()
