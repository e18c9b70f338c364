-- One row per mapping as it landed; a question about one role narrows it to the skills of that role.
select * from credential_skill_rows
