"""Grain: one row per contact, with the contact that speaks for the whole person.

Contacts of one customer are one person when they share an e-mail address or a phone number (connected
components), whatever system they are in; a mailbox or a number that people of different names share joins
nobody.
"""

import numpy as np


def model(dbt, session):
    """Return every contact with its person."""
    dbt.config(materialized="table")
    contacts = dbt.ref("int_contacts_identified").order("contact_key").df()
    contacts["row"] = np.arange(len(contacts))
    links = []
    for sign in ("email", "phone"):
        groups = contacts[contacts[sign].notna()].groupby(["customer_key", sign])
        shared = groups.agg(rows=("row", list), names=("person_name", "nunique"))
        links += [(rows[0], row) for rows in shared.loc[shared["names"] < 2, "rows"] for row in rows[1:]]
    contacts["person"] = _components(len(contacts), links)
    speaks = contacts.sort_values(["source_rank", "contact_key"]).groupby("person")["contact_key"].first()
    contacts["person_key"] = contacts["person"].map(speaks)
    return contacts[["contact_key", "person_key"]].astype("string")


def _components(count, links):
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not links:
        return np.arange(count)
    one, other = np.array(links).T
    return connected_components(coo_matrix((np.ones(len(one)), (one, other)), shape=(count, count)))[1]
