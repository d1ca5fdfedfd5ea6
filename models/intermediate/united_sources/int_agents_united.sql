-- Grain: one row per record of agents, over all sources.
{{ unite('agents') }}
