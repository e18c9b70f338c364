-- One row per person whom any row is about.
{selects}
