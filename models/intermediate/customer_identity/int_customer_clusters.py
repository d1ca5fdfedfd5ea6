"""Grain: one row per record that stands for a customer, with the record that speaks for its whole cluster.

Records become one customer through what they share, the strongest kind first: a decision, an identifier
under the same name, an e-mail address, a phone number, a domain. What several records share joins all of
them or, where that would be wrong, none:

- two accounts of one system with different names are two customers, unless a decision says otherwise, and
  so are two people of one system without an account;
- records that a decision keeps apart stay apart;
- what more customers share than `shared_by_most` is a switchboard or a placeholder and tells nothing;
- a domain joins people and accounts of other systems to the one customer whose accounts use it, and makes
  none.

So the result is that of connected components over what is left (union by the smaller key, the same whatever
the order of rows).
"""

import pandas as pd


def model(dbt, session):
    """Return every record with its cluster."""
    dbt.config(materialized="table")
    shared_by_most = int(dbt.config.meta_get("shared_by_most"))
    records = dbt.ref("int_customer_records").order("record_key").df()
    shared = dbt.ref("int_customer_identifiers").df()
    decided = dbt.ref("int_customer_links_decided").filter("verdict = 'different'").df()
    decided = decided[decided["record_key"].isin(set(records["record_key"]))]
    apart = decided.groupby("link_id")["record_key"].agg(list)
    clusters = _Clusters(records, [keys for keys in apart if len(set(keys)) == 2])
    shared = shared[shared["record_key"].isin(set(records["record_key"]))]
    groups = shared.groupby(["strength", "kind", "identifier"])["record_key"].agg(set)
    for (_, kind, _), keys in groups.sort_index().items():
        clusters.join(kind, sorted(keys), shared_by_most)
    roots = [clusters.root(key) for key in records["record_key"]]
    table = pd.DataFrame({"record_key": records["record_key"], "cluster_key": roots})
    return table.astype("string")


class _Clusters:
    """Records by cluster, and the named accounts in each, by system."""

    def __init__(self, records, apart):
        self._parent = {key: key for key in records["record_key"]}
        self._apart = apart
        named = records[records["record_name"].notna()]
        # The system tells apart what it names: its accounts, and its people.
        self._names = {
            key: {(kind, source, name)}
            for key, kind, source, name in zip(
                named["record_key"],
                named["record_kind"],
                named["source_system"],
                named["record_name"],
                strict=True,
            )
        }

    def root(self, key):
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key

    def join(self, kind, keys, shared_by_most):
        roots = sorted({self.root(key) for key in keys})
        if len(roots) < 2:
            return
        names = [self._names.get(root, set()) for root in roots]
        if kind == "domain":
            # Colleagues have different names.
            names = [{name for name in each if name[0] == "account"} for each in names]
        together = set().union(*names)
        if kind != "decision":
            owners = sum(bool(each) for each in names) if kind == "domain" else len(roots)
            is_two_of_one_system = len({name[:2] for name in together}) < len(together)
            if not 0 < owners <= shared_by_most or is_two_of_one_system:
                return
        ends = [{self.root(one), self.root(other)} for one, other in self._apart]
        if any(len(each) == 2 and each <= set(roots) for each in ends):
            return
        for root in roots[1:]:
            self._parent[root] = roots[0]
        self._names[roots[0]] = together
