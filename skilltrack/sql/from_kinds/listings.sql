-- One row per row of {kind} as it landed; a refresh or a question narrows it to what it is about.
select * from {table}
