-- One row per stack and component. min_components is what the newest upload that touched the stack says (empty = all).
select
    credential_id as stack_id,
    component_id,
    count(*) over (partition by credential_id) as components,
    coalesce(
        max(case when upload_id = newest_upload then min_components end) over (partition by credential_id),
        count(*) over (partition by credential_id)
    ) as min_components
from (
    select
        credential_id,
        component_id,
        min_components,
        upload_id,
        max(upload_id) over (partition by credential_id) as newest_upload
    from stacks
) as dated
