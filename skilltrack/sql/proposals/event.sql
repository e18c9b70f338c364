insert into proposal_events values (
    $proposal_id, $employee_id, $step, $what, $subject_id, $wording, $level, cast($valid_from as date),
    cast($valid_to as date), $evidence_url, $note, $file_name, $stored, $reason, $upload_id,
    cast($happened_at as timestamp), $by_whom
)
