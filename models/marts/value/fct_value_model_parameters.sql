-- Grain: one row per value model, fit and parameter.
with

final as (
    select
        fits.model,
        fits.fit,
        fits.parameter,
        round(fits.value, 6) as value,
        case fits.fit when 'check' then split.learned_until else split.today end as learned_until
    from {{ ref('int_value_model_fits') }} as fits
    cross join {{ ref('int_value_split') }} as split
)

select * from final
