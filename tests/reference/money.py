"""What money led to, in plain Python: outcomes, payments without an award, employees' own money, prices paid."""

from datetime import date
from decimal import Decimal

from tests.reference.company import Asked, Company
from tests.reference.evidence import Evidence
from tests.reference.numbers import is_unconverted

WAITED = 90


def _lines(company: Company, asked: Asked, start: date, end: date) -> list[dict[str, str]]:
    """Payments of the asked people from `start` to `end`; those that name nobody belong to the whole company only."""
    is_whole = asked.manager is None and asked.team is None and asked.role is None
    listed = company.listed(asked, asked.as_of, asked.as_of, asked.role)
    return [
        line
        for line in company.rows("spend", asked)
        if start <= date.fromisoformat(line["paid_on"]) <= end and (is_whole or line.get("employee_id") in listed)
    ]


def _period(asked: Asked) -> tuple[date, date]:
    return asked.paid_from or date.min, asked.paid_to or asked.as_of


def _credential(evidence: Evidence, line: dict[str, str]) -> str:
    return evidence.credentials.get(line["credential_id"], {}).get("name", line["credential_id"])


def _person(company: Company, asked: Asked, line: dict[str, str]) -> tuple[str | None, str | None]:
    row = company.listed(asked, asked.as_of, asked.as_of, asked.role).get(line["employee_id"])
    return (row["name"], row.get("team", "")) if row else (None, None)


def outcomes(company: Company, asked: Asked) -> list[tuple]:
    evidence = Evidence(company, asked)
    sums: dict[tuple[str, str, str], list] = {}
    for line in _lines(company, asked, *_period(asked)):
        described = evidence.credentials.get(line["credential_id"], {"demonstrates": "false"})
        shows = described.get("demonstrates") != "false" and evidence.skills_of.get(line["credential_id"])
        if not line.get("employee_id"):
            outcome = "names_nobody"
        elif not is_unconverted(evidence, line, asked.as_of):
            outcome = "skills" if shows else "seat_time"
        else:
            age = (asked.as_of - date.fromisoformat(line["paid_on"])).days
            outcome = "waiting" if age < WAITED else "nothing"
        entry = sums.setdefault((line.get("cost_center", ""), line["currency"], outcome), [Decimal(0), 0])
        entry[0] += Decimal(line["amount"])
        entry[1] += 1
    return [(*key, amount, count) for key, (amount, count) in sorted(sums.items())]


def without_award(company: Company, asked: Asked) -> list[tuple]:
    evidence = Evidence(company, asked)
    rows = []
    for line in _lines(company, asked, *_period(asked)):
        if line.get("employee_id") and is_unconverted(evidence, line, asked.as_of):
            paid_on = date.fromisoformat(line["paid_on"])
            rows.append(
                (line["employee_id"], *_person(company, asked, line), line["credential_id"],
                 _credential(evidence, line), paid_on, (asked.as_of - paid_on).days, Decimal(line["amount"]),
                 line["currency"], line["funding_source"], line.get("cost_center") or None, line["spend_id"])
            )  # fmt: skip
    return sorted(rows, key=lambda row: (-row[7], row[0], row[-1]))


def own_money(company: Company, asked: Asked) -> list[tuple]:
    evidence, (start, end) = Evidence(company, asked), _period(asked)
    lines: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for line in _lines(company, asked, date.min, asked.as_of):
        if line.get("employee_id") and line["funding_source"] == "employee":
            lines.setdefault((line["employee_id"], line["credential_id"], line["currency"]), []).append(line)
    rows = []
    for (person, credential, currency), own in lines.items():
        amounts = [(date.fromisoformat(line["paid_on"]), Decimal(line["amount"])) for line in own]
        payments = [day for day, amount in amounts if amount > 0]
        if not any(start <= day <= end for day in payments):
            continue
        paid = sum(amount for _, amount in amounts if amount > 0)
        refunded = -sum((amount for _, amount in amounts if amount < 0), Decimal(0))
        last = asked.as_of if paid > refunded else max(day for day, amount in amounts if amount < 0)
        rows.append(
            (person, *_person(company, asked, own[0]), credential, _credential(evidence, own[0]), currency, paid,
             refunded, paid - refunded, min(payments), max(0, (last - min(payments)).days))
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row[8], row[0], row[3], row[5]))


def prices(company: Company, asked: Asked) -> list[tuple]:
    evidence = Evidence(company, asked)
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for line in _lines(company, asked, *_period(asked)):
        if line.get("employee_id"):
            people = sums.setdefault((line["credential_id"], line["currency"]), {})
            people[line["employee_id"]] = people.get(line["employee_id"], Decimal(0)) + Decimal(line["amount"])
    rows = []
    for (credential, currency), people in sorted(sums.items()):
        left = [amount for amount in people.values() if amount > 0]
        if left:
            described = evidence.credentials.get(credential, {})
            listed = described.get("list_price") if described.get("currency") == currency else None
            average = float(sum(left)) / len(left)
            over = average - float(listed) if listed else None
            rows.append(
                (credential, described.get("name", credential), currency, len(left), sum(left), average,
                 float(listed) if listed else None, over)
            )  # fmt: skip
    return rows


MONEY = {
    "spend_outcomes": outcomes,
    "unconverted_payments": without_award,
    "own_payments": own_money,
    "prices_paid": prices,
}
