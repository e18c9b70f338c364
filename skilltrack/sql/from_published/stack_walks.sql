-- One row per stack, credential that it is made of, and number of layers between them. A circle of stacks, which no
-- company has, ends after 50 layers.
select
    stack_id,
    component_id,
    1 as layers
from stack_parts
union all
select
    w.stack_id,
    p.component_id,
    w.layers + 1 as layers
from stack_walks as w
join stack_parts as p on p.stack_id = w.component_id
where w.layers < 50
