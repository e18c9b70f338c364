-- One row per stack: how many layers of stacks it rests on (1 = plain credentials only).
select
    stack_id,
    max(depth) as depth
from stack_layers
group by stack_id
