select *
from {{ ref('fct_survey_metrics') }}
where nps_promoter + nps_passive + nps_detractor <> nps_answers
    or csat_positive + csat_neutral + csat_negative <> csat_answers
