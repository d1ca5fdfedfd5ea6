{# 95 % intervals. Null wherever nothing can be said. #}

{# Lower (-1) or upper (+1) end of Wilson's interval for a proportion out of `n`. #}
{% macro wilson_bound(proportion, n, side) -%}
    {% set z2 = var('z_95') ** 2 -%}
    ({{ proportion }} + {{ z2 }} / (2 * nullif({{ n }}, 0))
        {{ '+' if side > 0 else '-' }} {{ var('z_95') }} * sqrt(greatest(
            {{ proportion }} * (1 - {{ proportion }}) / nullif({{ n }}, 0)
            + {{ z2 }} / (4 * nullif({{ n }}, 0) * nullif({{ n }}, 0)), 0
        ))
    ) / (1 + {{ z2 }} / nullif({{ n }}, 0))
{%- endmacro %}

{# Half the width of the interval of a net score (promoters less detractors, as shares of `n`). #}
{% macro trinomial_half_width(promoters, detractors, n) -%}
    {{ var('z_95') }} * sqrt(greatest(
        {{ promoters }} + {{ detractors }}
        - ({{ promoters }} - {{ detractors }}) * ({{ promoters }} - {{ detractors }}), 0
    ) / nullif({{ n }}, 0))
{%- endmacro %}

{# A net score with its interval, as columns: the share of promoters less that of detractors, in points. #}
{% macro net_score(name, promoters, detractors, n) -%}
    {% set net = '(' ~ promoters ~ ' - ' ~ detractors ~ ')' -%}
    {% set half = trinomial_half_width(promoters, detractors, n) -%}
    round(100 * {{ net }}, 6) as {{ name }},
    round({{ no_less_than('100 * (' ~ net ~ ' - ' ~ half ~ ')', '-100') }}, 6) as {{ name }}_ci_low,
    round({{ no_more_than('100 * (' ~ net ~ ' + ' ~ half ~ ')', '100') }}, 6) as {{ name }}_ci_high
{%- endmacro %}

{# Student's t, 97.5 %: from the seed up to 200 degrees of freedom, beyond from the expansion around
   the normal quantile, which is exact there to nine digits. #}
{% macro student_t(n, quantile_from_seed) -%}
    {% set z = var('z_95') -%}
    case
        when {{ n }} < 2 then null
        else coalesce(
            {{ quantile_from_seed }},
            {{ z }} + {{ (z ** 3 + z) / 4 }} / ({{ n }} - 1)
            + {{ (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 }} / power({{ n }} - 1, 2)
            + {{ (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 }} / power({{ n }} - 1, 3)
        )
    end
{%- endmacro %}

{# The quantile `p` of a sorted array by linear interpolation between order statistics. #}
{% macro quantile_of(sorted, p) -%}
    {% set h = '(' ~ array_length(sorted) ~ ' - 1) * ' ~ p -%}
    {{ element_at(sorted, 'floor(' ~ h ~ ') + 1') }}
    + ({{ h }} - floor({{ h }})) * (
        {{ element_at(sorted, 'ceil(' ~ h ~ ') + 1') }} - {{ element_at(sorted, 'floor(' ~ h ~ ') + 1') }}
    )
{%- endmacro %}

{# Lower (-1) or upper (+1) end of a quantile's interval: the order statistic at the rank that the
   binomial spread of ranks gives; null where that rank lies outside the sample. #}
{% macro quantile_bound(sorted, p, side) -%}
    {% set n = array_length(sorted) -%}
    {% set spread = var('z_95') ~ ' * sqrt(' ~ n ~ ' * ' ~ p ~ ' * (1 - ' ~ p ~ '))' -%}
    {% set rank = ('ceil(' ~ n ~ ' * ' ~ p ~ ' + ' ~ spread ~ ') + 1') if side > 0
        else ('floor(' ~ n ~ ' * ' ~ p ~ ' - ' ~ spread ~ ')') -%}
    case when {{ rank }} between 1 and {{ n }} then {{ element_at(sorted, rank) }} end
{%- endmacro %}

{# A share with its counts and interval, as columns: `numerator` out of `denominator` of a joined relation. #}
{% macro rate_statistics(relation, numerator, denominator, name) -%}
    cast(coalesce({{ relation }}.{{ denominator }}, 0) as bigint) as {{ denominator }},
    {{ share_statistics(relation, numerator, denominator, name) }}
{%- endmacro %}

{# The same where several shares have one denominator, which stands in a column of its own. #}
{% macro share_statistics(relation, numerator, denominator, name) -%}
    {% set n = 'cast(' ~ relation ~ '.' ~ denominator ~ ' as double)' -%}
    {% set rate = relation ~ '.' ~ numerator ~ ' / nullif(' ~ n ~ ', 0)' -%}
    cast(coalesce({{ relation }}.{{ numerator }}, 0) as bigint) as {{ numerator }},
    round({{ rate }}, 6) as {{ name }},
    round({{ wilson_bound(rate, n, -1) }}, 6) as {{ name }}_ci_low,
    round({{ wilson_bound(rate, n, 1) }}, 6) as {{ name }}_ci_high
{%- endmacro %}

{# What a value strays by of itself: the median absolute deviation as a standard deviation, and no less than chance. #}
{% macro robust_scale(median_deviation, chance) -%}
    greatest(1.4826 * {{ median_deviation }}, {{ chance }})
{%- endmacro %}

{# Chance of a count that is expected to be so large. #}
{% macro chance_of_count(expected) -%}
    sqrt(greatest({{ expected }}, 1))
{%- endmacro %}

{# Lower (-1) or upper (+1) end of the interval of a difference of two independent values, from the intervals of
   both (MOVER: Zou and Donner, 2008; for proportions it is Newcombe's). #}
{% macro difference_bound(value, low, high, before, before_low, before_high, side) -%}
    ({{ value }} - {{ before }}
        {%- if side > 0 %} + sqrt(power({{ high }} - {{ value }}, 2) + power({{ before }} - {{ before_low }}, 2))
        {%- else %} - sqrt(power({{ value }} - {{ low }}, 2) + power({{ before_high }} - {{ before }}, 2))
        {%- endif %})
{%- endmacro %}
