-- Grain: one row per customer.
select
    split_part(trim(line), ' ', 1) as account_id,
    'Customer ' || split_part(trim(line), ' ', 1) as account_name,
    min(strptime(regexp_extract(line, '^ *\d+ +(\d{8})', 1), '%Y%m%d')) as created_at
from read_csv('CDNOW_master.txt', columns = {'line': 'varchar'}, delim = '|', header = false)
where regexp_matches(line, '^ *\d+ +\d{8}')
group by 1
