"""Steps that the rows of a metric go through after its select, for what SQL cannot say."""

from collections.abc import Callable, Sequence

import pandas as pd


def fill_seats(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per target (and day), with `filled` (a list of able people) and `short` turned into numbers of seats.

    Within a team each person fills at most one seat, and as many seats are filled as can be.
    """
    rows = rows.copy()
    filled = pd.Series(0, index=rows.index, dtype="int64")
    for _, team in rows.groupby(["day", "team"] if "day" in rows else ["team"], sort=False):
        seated = seat([(int(row.headcount), list(row.filled)) for row in team.itertuples()])
        filled[team.index] = [len(people) for people in seated]
    return rows.assign(filled=filled, short=rows["headcount"] - filled)


def name_seats(rows: pd.DataFrame) -> pd.DataFrame:
    """Of one row per target and member of its team those who fill a seat, and those nearest to one that stays empty.

    `place` is seated or nearest; the latter are twice as many as the empty seats, who lacks the fewest levels first.
    """
    chosen: list[pd.DataFrame] = []
    for _, team in rows.groupby("team", sort=False):
        targets = [target for _, target in team.groupby(["skill_id", "level"], sort=False)]
        seated = seat(
            [
                (int(target["headcount"].iloc[0]), list(target["employee_id"][target["has_level"] >= target["level"]]))
                for target in targets
            ]
        )
        busy = {person for people in seated for person in people}
        for target, people in zip(targets, seated, strict=True):
            empty = int(target["headcount"].iloc[0]) - len(people)
            free = target[~target["employee_id"].isin(busy)].sort_values("has_level", ascending=False, kind="stable")
            chosen += [target[target["employee_id"].isin(people)], free.head(2 * empty).assign(place="nearest")]
    return pd.concat(chosen, ignore_index=True) if chosen else rows


def seat(targets: Sequence[tuple[int, Sequence[str]]]) -> list[list[str]]:
    """Who fills the seats of each target (headcount, who is able), so that as many as possible are filled.

    A seat is filled by somebody who is free, or by moving others on to seats that they can fill too (augmenting paths).
    Whatever is filled stays filled, so earlier targets are filled first wherever two ways fill as many.
    """
    able = [sorted(set(people)) for _, people in targets]
    seats: dict[str, int] = {}

    def seat_one_more(target: int, tried: set[int]) -> bool:
        """Fill one more seat of a target; whether that was possible, those tried before aside."""
        person = next((person for person in able[target] if person not in seats), None)
        for seated in () if person is not None else able[target]:
            if seats[seated] not in tried:
                tried.add(seats[seated])
                if seat_one_more(seats[seated], tried):
                    person = seated
                    break
        if person is not None:
            seats[person] = target
        return person is not None

    for number, (headcount, _) in enumerate(targets):
        while headcount and seat_one_more(number, {number}):
            headcount -= 1
    return [sorted(person for person, filled in seats.items() if filled == number) for number in range(len(targets))]


STEPS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {"fill_seats": fill_seats, "name_seats": name_seats}
"""Every step by its name, which the header of a metric gives as `then`."""
