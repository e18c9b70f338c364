"""The sentences about uploads, made as those of `answers`."""

from skilltrack.language import _
from skilltrack.reports.answers import Answer, answer
from skilltrack.tables import percent


def effect(met: tuple[int, int], required: tuple[int, int], teams: list[str]) -> Answer | None:
    """What would become of coverage, from now to afterwards; `teams` are those that would change, the most first.

    None where there are no requirements.
    """
    if not any(required):
        return None
    numbers = {
        "met": met[1],
        "required": required[1],
        "share": percent(met[1], required[1]),
        "was": met[0],
        "then": required[0],
        "before": percent(met[0], required[0]),
    }
    if not teams:
        text = _("**Coverage stays as it is:** {met} of {required} requirements are met ({share}).", **numbers)
        return answer(text, is_good=True)
    text = _(
        "**{met} of {required} requirements** would be met ({share}); now it is {was} of {then} ({before}).", **numbers
    )
    where = _("Most would change in {team}.", team=teams[0]) if teams[0] else ""
    return answer(text, where, is_good=met[1] * required[0] >= met[0] * required[1])
