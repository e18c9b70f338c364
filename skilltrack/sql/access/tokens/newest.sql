-- One row per token: its newest event, and when it was made. $token_id and $account limit them, null does not.
select
    t.token_id,
    t.account,
    t.label,
    t.scopes,
    t.token_hash,
    t.is_made,
    t.valid_to,
    t.happened_at,
    min(t.happened_at) over (partition by t.token_id) as made_at,
    t.by_whom
from token_events as t
where coalesce(t.token_id = $token_id, true) and coalesce(t.account = $account, true)
qualify row_number() over (partition by t.token_id order by t.happened_at desc) = 1
order by t.valid_to, t.account, t.token_id
