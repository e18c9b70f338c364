-- Where the key of a badge was looked up, or, of a badge that its host confirms, its issuer's profile: what lay there was fetched,
-- so that the address itself, listed in issuer_keys, proves whose badge it is. Empty where nothing was fetched.
alter table award_checks add column if not exists looked_up varchar;

-- Whether it is a check of a badge that was here before, which then takes the place of the earlier checks of that badge.
alter table award_checks add column if not exists is_again boolean default false;
