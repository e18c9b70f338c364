-- One row per stack and path down from it. Ingest refuses cycles; the bound only keeps a damaged file from looping.
select
    stack_id,
    component_id,
    1 as depth
from stack_parts
union all
select
    p.stack_id,
    p.component_id,
    l.depth + 1 as depth
from stack_layers as l
join stack_parts as p on p.component_id = l.stack_id
where l.depth < 40
