-- One row per award row as it landed; a refresh narrows it to the awards of the people whom the upload affects.
select * from badge_rows
