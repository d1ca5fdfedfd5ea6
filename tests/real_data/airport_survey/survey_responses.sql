-- Grain: one row per guest, question and year; names of columns differ from year to year.
-- Codes outside the scale (11: blank; 6: never used; 0: blank) are kept: the warehouse must tell that
-- they are no answers. A day within the fieldwork stands for the interview's, which is a code here.
with

guests as (
    select 2015 as year, row_number() over () as guest, Q7ALL as overall, null as recommends, WEIGHT as weight
    from read_csv('2015_SFO_Customer_Survey.csv', all_varchar = true, header = true)
    union all
    select 2016, row_number() over (), Q7ALL, null, WEIGHT
    from read_csv('2016_SFO_Customer_Survey.csv', all_varchar = true, header = true)
    union all
    select 2017, row_number() over (), Q7ALL, NETPRO, WEIGHT
    from read_csv('2017_SFO_Customer_Survey.csv', all_varchar = true, header = true)
)

select
    'overall-' || year || '-' || guest as response_id,
    'overall-' || year as survey_id,
    cast(overall as double) as score,
    cast(weight as double) as weight,
    make_timestamp(year, 5, 15, 19, 0, 0) as responded_at
from guests
where overall <> 'Blank'
union all
select
    'nps-' || year || '-' || guest as response_id,
    'nps-' || year as survey_id,
    cast(recommends as double) as score,
    cast(weight as double) as weight,
    make_timestamp(year, 5, 15, 19, 0, 0) as responded_at
from guests
where recommends is not null
