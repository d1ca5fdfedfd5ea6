-- Grain: one row per line of the file.
select
    row_number() over () as order_line_id,
    "Invoice" as order_id,
    "StockCode" as offering_id,
    "Quantity" as quantity,
    cast(round("Quantity" * "Price", 2) as decimal(18, 2)) as net_amount
from read_parquet('online_retail_2009_2010.parquet')
