-- One row per stack and credential that it is made of at any depth. `union` takes each once, so that it ends whatever
-- the stacks are.
select
    stack_id,
    component_id
from stack_parts
union
select
    w.stack_id,
    p.component_id
from stack_contents as w
join stack_parts as p on p.stack_id = w.component_id
