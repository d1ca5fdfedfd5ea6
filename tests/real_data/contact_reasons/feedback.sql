-- The held part: a quarter of the different questions, by a hash of the text.
select distinct
    md5(lower(trim(text))) as feedback_id,
    'complaint' as kind,
    lower(trim(text)) as body,
    timestamptz '2024-05-15 12:00:00+00' as observed_at
from read_csv('train.csv', header = true, all_varchar = true)
where md5(lower(trim(text))) < '4'
