-- One row per stack, component and number of layers between them. Ingest refuses cycles; no path is longer than there
-- are stacks, which keeps a damaged file from looping.
select
    stack_id,
    component_id,
    1 as depth
from stack_parts
union
select
    p.stack_id,
    p.component_id,
    l.depth + 1 as depth
from stack_layers as l
join stack_parts as p on p.component_id = l.stack_id
where l.depth < (select count(distinct s.stack_id) from stack_parts as s)
