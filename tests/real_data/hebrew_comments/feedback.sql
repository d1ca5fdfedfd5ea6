with

comments as (
    select distinct column0 as body
    from read_csv('token_train.tsv', delim = '\t', header = false, quote = '', all_varchar = true)
)

select
    md5(body) as feedback_id,
    'social' as kind,
    body,
    case when md5(body) < '8' then timestamptz '2024-01-15 12:00:00+00' else timestamptz '2024-05-15 12:00:00+00' end
        as observed_at
from comments
