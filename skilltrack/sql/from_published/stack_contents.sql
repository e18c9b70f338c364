-- One row per stack and credential that it is made of at any depth.
select
    stack_id,
    component_id
from stack_walks
group by stack_id, component_id
