"""Packs say what the metrics say, to whom they may say it, on few pages that everybody can read."""

import io
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from skilltrack.access.viewer import Viewer
from skilltrack.errors import BadQuestion, Refused
from skilltrack.ingest import import_files
from skilltrack.questions import Filters, Metrics
from skilltrack.reports import as_xlsx, exports, receipts
from skilltrack.reports.receipts import Order
from skilltrack.reports.suppression import hide
from skilltrack.storage.store import Store
from skilltrack.tables import of
from tests.reports.conftest import EVERYONE, TODAY, made, on_the_day, order


def text_of(content):
    return re.sub(r"[\s\u200b]+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def ask(store, name, **asked):
    return Metrics(store).ask(name, EVERYONE, on_the_day(**asked))


def test_the_board_pack_has_the_totals_of_the_metrics_and_names_nobody_on_eight_pages_at_most(store):
    content = made(store, "board", "pdf")
    said, now = text_of(content), ask(store, "totals").iloc[0]
    people = ask(store, "people")["name"]

    assert len(PdfReader(io.BytesIO(content)).pages) <= 8
    assert of(now["met"], now["required"], "requirements met") in said
    assert of(now["ready"], now["with_role"], "people") in said
    for currency, amount in (
        ask(store, "spend", paid_from=TODAY - timedelta(days=365)).groupby("currency")["amount"].sum().items()
    ):
        assert f"{amount:,.0f} {currency} were spent" in said
    assert [name for name in people if name in said] == []


def test_what_changed_adds_up_from_then_to_now(store):
    changes = ask(store, "movement").set_index("change")
    now = ask(store, "totals").iloc[0]
    then = ask(store, "totals", as_of=TODAY - timedelta(days=365)).iloc[0]

    def count(change, what):
        return int(changes.loc[change, what])

    assert (
        count("stayed", "required")
        + count("demonstrated", "required")
        + count("lapsed", "required")
        + count("come", "required")
        == now["required"]
    )
    assert now["required"] - then["required"] == count("come", "required") - count("gone", "required")
    assert now["met"] - then["met"] == count("demonstrated", "met") + count("come", "met") - count(
        "lapsed", "required"
    ) - count("gone", "met")


def test_the_board_pack_shows_no_small_number_of_teams_and_areas(store):
    sheets = as_xlsx.sheets(made(store, "board", "xlsx"))
    areas = ask(store, "coverage_by_area")
    hidden = hide(areas.rename(columns={"team": "group", "area": "column"}), 5)
    shown = {(row[0], row[1]): row[2:] for row in sheets["Areas by team"][1:]}

    assert hidden.cells
    for cell in areas.to_dict("records"):
        counts = [] if (cell["team"], cell["area"]) in hidden.cells else [cell["people"], cell["required"], cell["met"]]
        assert [int(n) for n in shown[cell["team"], cell["area"]][:3] if n != ""] == counts
    for *_, teams, one, nobody in sheets["Skills most at risk"][1:]:
        assert (teams >= 5) == (one != "") == (nobody != "")
    teams = {row[0]: row[1:] for row in sheets["Teams"][1:]}
    for _, (required, met, _, with_role, ready) in teams.items():
        assert required == "" or met == 0 or met >= 5
        assert with_role == "" or (
            with_role >= 5 and (ready == 0 or ready >= 5) and (with_role == ready or with_role - ready >= 5)
        )


def test_coverage_hides_small_cells_on_request_and_only_then(store):
    rows = [line.split(",") for line in made(store, "coverage", "csv", suppress=True).decode().splitlines()[1:]]
    whole = ask(store, "coverage")

    shown = [line.split(",") for line in made(store, "coverage", "csv").decode().splitlines()[1:]]
    assert sum(row[-1] == "" for row in shown) == whole["coverage"].isna().sum()
    assert 0 < sum(row[-1] == "" for row in rows) < len(rows)
    assert all(int(row[-3]) >= 5 or row[-3] == "0" for row in rows if row[-3])
    with pytest.raises(BadQuestion, match="can be hidden in coverage, depth, trend, forecast, spend, not in readiness"):
        made(store, "readiness", "csv", suppress=True)


def test_a_board_pack_about_a_handful_is_refused_with_a_way_on(store):
    with pytest.raises(Refused, match="hides numbers that fewer than 5 people stand behind.*team pack"):
        made(store, "board", "pdf", team="Executive office")


def test_the_team_pack_names_the_people_what_they_miss_and_why(store):
    said = text_of(made(store, "team", "pdf", team="Cyber defence"))
    people, gaps = ask(store, "readiness", team="Cyber defence"), ask(store, "gaps", team="Cyber defence")

    assert [name for name in people["name"] if name not in said] == []
    assert f"People {len(people)} active" in said
    assert all(skill in said for skill in gaps["skill"].unique())
    with pytest.raises(BadQuestion, match="Choose a team or a manager"):
        made(store, "team", "pdf")


def test_the_transcript_says_what_a_person_can_do_on_whose_word_until_when(store):
    said, lines = text_of(made(store, "transcript", "pdf")), ask(store, "transcript", employee="00126")
    counting = lines[lines["counts"].astype(bool)]

    assert "Freja Jansson" in said
    for line in counting.to_dict("records"):
        assert line["skill"] in said
        assert str(line["issuer"])[:12] in said


def test_the_audit_pack_lists_every_file_with_its_hash_and_what_is_left_out(store):
    sheets = as_xlsx.sheets(made(store, "audit", "xlsx"))
    files = ask(store, "upload_files")

    assert [row[-1] for row in sheets["Uploads"][1:]] == list(files["sha256"])
    assert {row[0]: row[2:4] for row in sheets["By assurance"][1:]}.keys() == {"verified", "attested", "claimed"}
    assert len(sheets["Left out"]) == 6


AUDITOR = Viewer("auditor@x.example", frozenset({"auditor"}))


def test_an_auditor_makes_the_audit_pack_alone_and_sees_nobody_by_it(store):
    sheets = as_xlsx.sheets(made(store, "audit", "xlsx", viewer=AUDITOR))
    whole = as_xlsx.sheets(made(store, "audit", "xlsx"))
    people = ask(store, "people")

    for pack in (sheets, whole):
        del pack["About"]
        head = pack["Uploads"][0]
        pack["Uploads"] = [
            [c for name, c in zip(head, row, strict=True) if name not in ("By", "File")] for row in pack["Uploads"]
        ]
    assert sheets == whole
    said = " ".join(str(cell) for rows in sheets.values() for row in rows for cell in row)
    said += text_of(made(store, "audit", "pdf", viewer=AUDITOR))
    named = "|".join(re.escape(word) for word in (*people["name"], *people["employee_id"], *people["email"]))
    assert re.findall(rf"(?<!\w)(?:{named})(?!\w)", said) == []  # as a word: a hash may hold the digits of an id
    assert "who sees counts of everyone" in text_of(made(store, "audit", "pdf", viewer=AUDITOR))
    for name in ("board", "coverage", "transcript", "gaps"):
        with pytest.raises(BadQuestion, match="open to"):
            made(store, name, "pdf", viewer=AUDITOR)
    with pytest.raises(BadQuestion, match="whole company only"):
        made(store, "audit", "pdf", viewer=AUDITOR, team="Executive office")


def test_the_counts_of_the_audit_pack_are_those_of_the_metrics(store):
    counted = ask(store, "audited").iloc[0]
    now, people, standing = ask(store, "totals").iloc[0], ask(store, "people"), ask(store, "requirements_met")

    assert counted[now.index].tolist() == now.tolist()
    assert (counted["listed"], counted["people"]) == (len(people), people["is_active"].sum())
    assert (counted["asked"], counted["exempt"]) == (len(standing), standing["is_exempt"].sum())
    assert counted["credentials"] == len(ask(store, "catalogue_of_credentials"))
    assert counted["unmapped"] == (~ask(store, "counting_for_nothing")["is_mapped"]).sum()


MANAGER = Viewer("00101", frozenset({"employee", "manager"}), "00101", ("00101",))


def test_a_manager_gets_files_about_their_own_people_only_and_an_employee_their_own_transcript(store):
    own = made(store, "readiness", "csv", viewer=MANAGER).decode()
    everyone = made(store, "readiness", "csv").decode()
    assert 1 < len(own.splitlines()) < len(everyone.splitlines())

    employee = Viewer("00126", frozenset({"employee"}), "00126")
    assert b"Freja Jansson" in made(store, "transcript", "ob3", viewer=employee)
    for refused in ({"name": "coverage"}, {"name": "board"}):
        with pytest.raises(BadQuestion, match="00126"):
            made(store, form="pdf", viewer=employee, **refused)
    with pytest.raises(BadQuestion, match="'00125'"):
        made(store, "transcript", "pdf", viewer=employee, employee="00125")


def test_every_file_passes_the_one_way_out_with_its_receipt(store, tmp_path, monkeypatch):
    noted = []
    monkeypatch.setattr(
        exports.audit, "note", lambda store, viewer, event, about, **what: noted.append((event, what["report"]))
    )
    made(store, "coverage", "csv")
    made(store, "board", "pdf", path=tmp_path / "board.pdf")
    exports.export_model(store, EVERYONE, on_the_day(), tmp_path / "star")

    assert noted == [("exported", "coverage"), ("exported", "board"), ("exported", "star")]


def test_the_preview_is_a_picture_of_the_first_page_or_the_first_rows(store):
    assert exports.preview(store, EVERYONE, order("board", "pdf")).startswith(b"\x89PNG")
    assert len(exports.preview(store, EVERYONE, order("coverage", "csv"))) == 20


def test_a_team_pack_of_an_empty_team_is_about_the_people_without_one(tmp_path):
    store = Store.open(tmp_path / "x.duckdb")
    people = "employee_id,name,team\n1,Ann,A\n2,Bea,\n"
    (tmp_path / "roster.csv").write_text(people)
    assert import_files(store, "roster", [tmp_path / "roster.csv"], effective=date(2024, 1, 1)).status == "stored"

    order = Order("team", "pdf", Filters(date(2024, 6, 1), team=""))
    document = exports._document(store, Viewer.everyone(), receipts.draw(store, Viewer.everyone(), order))

    assert document.title == "Team pack, people without a team"
    assert document.parts[0].cards[0][1] == "1"
    assert dict(receipts.draw(store, Viewer.everyone(), order).lines())["About"] == "team (none)"
