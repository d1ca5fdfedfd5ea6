-- The held part: a quarter of the different questions, by a hash of the text.
with

questions as (
    select distinct lower(regexp_replace(text, '^\s+|\s+$', '', 'g')) as body
    from read_csv('train.csv', header = true, all_varchar = true)
)

select
    md5(body) as feedback_id,
    'complaint' as kind,
    body,
    timestamptz '2024-05-15 12:00:00+00' as observed_at
from questions
where md5(body) < '4'
