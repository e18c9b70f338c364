-- Skill gains now count only awards that count on the day they were issued, so what was computed ahead is computed anew.

delete from kept_state;
