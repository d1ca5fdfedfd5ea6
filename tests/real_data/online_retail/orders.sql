-- Grain: one row per invoice; one that starts with C takes goods back. A sale at the counter has no customer.
select
    "Invoice" as order_id,
    cast(cast(min("Customer ID") as bigint) as varchar) as account_id,
    min("InvoiceDate") as ordered_at,
    'fulfilled' as status,
    'GBP' as currency,
    cast(sum(cast(round("Quantity" * "Price", 2) as decimal(18, 2))) as decimal(18, 2)) as net_amount
from read_parquet('online_retail_2009_2010.parquet')
group by "Invoice"
