"""Grain: one row per different phone number and country it is dialled from, in E.164 (+49301234567).

Read by phonenumbers, Google's library. `number` is null where nothing can be dialled: too short, letters, or
without a country code where no country is known. What was read before is not read again.
"""

COLUMNS = {"phone": "string", "country": "string", "number": "string"}


def model(dbt, session):
    """Return the numbers that are new."""
    dbt.config(materialized="incremental", incremental_strategy="append")
    unread = dbt.ref("int_phones_written").order("phone, country")
    if dbt.is_incremental:
        unread = unread.filter(f"(phone, country) not in (select (phone, country) from {dbt.this})")
    unread = unread.df()
    unread["number"] = [
        _dialled(phone, country) for phone, country in zip(unread["phone"], unread["country"], strict=True)
    ]
    return unread[list(COLUMNS)].astype(COLUMNS)


def _dialled(phone, country):
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
