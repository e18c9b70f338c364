insert into schedule_events values (
    $schedule_id, $account, $step, $definition, $readers, $every, $on_day, $at_hour, cast($due_on as date), $outcome,
    cast($happened_at as timestamp), $by_whom
)
