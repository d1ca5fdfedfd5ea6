-- Grain: one row per line of the file; the same customer may stand in it twice on one day.
with

lines as (
    select
        row_number() over () as number,
        regexp_extract(line, '^ *(\d+) +\d+ +(\d{8}) +(\d+) +([\d.]+)', ['customer', 'day', 'discs', 'amount'])
            as field
    from read_csv('CDNOW_sample.txt', columns = {'line': 'varchar'}, delim = '|', header = false)
    where regexp_matches(line, '^ *\d+ +\d+ +\d{8}')
)

select
    'CD' || number as order_id,
    field.customer as account_id,
    strptime(field.day, '%Y%m%d') + interval 17 hour as ordered_at,
    'fulfilled' as status,
    'USD' as currency,
    cast(field.amount as decimal(18, 2)) as net_amount
from lines
