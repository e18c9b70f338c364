"""Which role a job title probably means, so that somebody can confirm it."""

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process, utils

SIMILAR = 65
"""The similarity, from 0 to 100, from which a role is suggested."""


def likely_roles(titles: Iterable[str], roles: Mapping[str, str]) -> dict[str, str]:
    """The role_id that each title probably means; a title that is not similar to any role is left out.

    `roles` is role_id to name. A title is compared with both: `Sr. Data Analyst` against `Data analyst`.
    """
    spelled = {(role_id, at): text for role_id, name in roles.items() for at, text in enumerate((name, role_id))}
    likely = {}
    for title in titles:
        best = process.extractOne(
            title, spelled, scorer=fuzz.token_sort_ratio, processor=utils.default_process, score_cutoff=SIMILAR
        )
        if best:
            likely[title] = best[2][0]
    return likely
