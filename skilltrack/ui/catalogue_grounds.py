"""The rows on which numbers about the catalogue, issuers and their keys rest; asked once somebody opens them."""

from skilltrack import grounds, money_grounds
from skilltrack.questions import Filters
from skilltrack.ui.grounds import Ground, credentials_of, people_ever, people_listed


def unmapped(view: Filters) -> Ground:
    """Credentials without a skill."""
    asked = ("counting_for_nothing", view), credentials_of(view)
    columns, metric = ("credential", "issuer", "holders", "why"), "counting_for_nothing"
    return Ground("unmapped", metric, grounds.unmapped, asked, metric, columns)


def without_role(view: Filters) -> Ground:
    """Job titles that stand for no role."""
    asked, columns = (("titles_without_role", view), people_listed(view)), ("job_title", "name", "why", "team")
    more, metric = (view.as_of,), "titles_without_role"
    return Ground("titles", metric, grounds.without_role, asked, metric, columns, more, adds_up="role_id")


def idle_awards(view: Filters, counts: str = "all") -> Ground:
    """Credentials that people have and that count for nothing, or those of them that are not mapped (unmapped)."""
    metric = "counting_for_nothing"
    asked = (metric, view), ("award_lines", view), credentials_of(view), people_ever(view)
    columns, more = ("credential", "name", "why", "team"), (view.as_of, counts)
    ground = Ground("idle", metric, grounds.idle_awards, asked, metric, columns, more, adds_up="credential_id")
    return ground._replace(has_outside=True)


def of_issuers(view: Filters, counts: str) -> Ground:
    """Awards that count as verified, or as attested (`counts`)."""
    asked = ("issuers_seen", view), ("awards_believed", view), credentials_of(view), people_ever(view)
    columns, about = ("name", "credential", "issuer", "why", "issued_on", "valid_to", "team"), "awards_believed"
    ground = Ground(counts, "issuers_seen", money_grounds.of_issuers, asked, about, columns, (counts,))
    return ground._replace(has_outside=True)


def hanging(view: Filters) -> Ground:
    """Requirements that are met by the unverified word of one issuer."""
    columns, about = ("name", "skill", "issuer", "required_level", "is_critical", "team"), "hanging"
    return Ground(about, "verify_next", grounds.hanging, ((about, view),), about, columns)


def resting(view: Filters) -> Ground:
    """Requirements that would not be met without one issuer."""
    columns, about = ("name", "skill", "issuer", "required_level", "is_critical", "team"), "resting"
    return Ground(about, "without_issuer", grounds.hanging, ((about, view),), about, columns)


def badges_naming(view: Filters) -> Ground:
    """Badges that name a skill to which their credential is not mapped."""
    columns, about = ("credential", "skill", "name", "issued_on", "team"), "badges_naming"
    asked = ((about, view), people_ever(view))
    ground = Ground(about, "skills_suggested", grounds.badges_naming, asked, about, columns)
    return ground._replace(has_outside=True)


def unlisted_keys(view: Filters) -> Ground:
    """Keys that signed badges and are listed for nobody."""
    asked, columns = (("keys_seen", view),), ("issuer", "awards", "why", "key", "named")
    return Ground("keys", "keys_seen", grounds.unlisted_keys, asked, "keys_seen", columns)
