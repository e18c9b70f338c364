-- One row per check of an award as it landed; a refresh or a question narrows it to what it is about.
select * from award_checks
