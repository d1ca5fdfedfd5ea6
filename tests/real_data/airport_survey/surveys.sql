-- Grain: one row per question and year.
select 'nps-2017' as survey_id, 'nps' as survey_type, 0 as scale_min, 10 as scale_max
union all
select 'overall-' || year as survey_id, 'csat' as survey_type, 1 as scale_min, 5 as scale_max
from (values (2015), (2016), (2017)) as years(year)
