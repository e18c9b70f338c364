"""Self-service on the pages: somebody proposes, their manager accepts or declines, and each sees what became of it."""

import pytest

from skilltrack.access.accounts import give, viewer_called
from skilltrack.keeping.shared_store import store_at
from skilltrack.proposals import Proposal, accept, proposals, propose
from skilltrack.ui.self_service import ASSESSING, PROPOSING
from tests.pages import opening
from tests.proposals.conftest import FILES, OPERATOR, upload
from tests.proposals.test_proposals import AWARD, BO, LEARNT, met


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILLTRACK_DB", str(tmp_path / "x.duckdb"))
    store = store_at(tmp_path / "x.duckdb")
    for kind, text in FILES.items():
        upload(store, kind, text)
    give(store, OPERATOR, "06", "hr")
    return store


def opened(name, **query):
    page = opening.opened(name, **query)
    assert not page.exception, page.exception
    return page


def links(page):
    return "\n".join(link.proto.label for link in page.get("page_link"))


def words(page):
    return "\n".join(
        str(part.value)
        for kind in ("markdown", "error", "success", "info", "caption", "text")
        for part in page.get(kind)
    )


def with_forms(**query):
    """A person's page with its forms open."""
    page = opened("team/people", **query)
    page.session_state[PROPOSING] = page.session_state[ASSESSING] = True
    return page.run()


def test_an_employee_proposes_and_the_manager_accepts(store):
    page = with_forms(**{"as": BO, "employee": BO})
    page.selectbox(key="propose_0_credential").set_value("c1").run()
    page.text_input(key="propose_0_link").set_value("https://guild.example/1").run()
    page.button(key="propose_go").click().run()
    assert "Say on which day it was issued" in words(page)
    page.date_input(key="propose_0_from").set_value(AWARD.valid_from).run()
    page.button(key="propose_go").click().run()
    assert not page.exception
    assert proposals(store, OPERATOR)["state"].tolist() == ["waiting"]
    assert "Proposed" in [part.value for part in page.subheader]

    assert "1 proposal waits for you." in links(opened("team/overview", **{"as": "01"}))
    page = opened("team/waiting", **{"as": "01"})
    assert "1 proposal waits for you." in words(page)
    page.checkbox(key="waiting_all").check().run()
    page.button(key="waiting_accept").click().run()
    assert not page.exception
    assert "Accepted: 1 of 1." in words(page)
    assert met(store) == 1
    page.selectbox(key="waiting_back").set_value(1).run()
    page.button(key="waiting_back_go").click().run()
    assert met(store) == 0


def test_declining_needs_a_reason_and_what_cannot_be_stored_says_why(store):
    for proposal in (AWARD, LEARNT, AWARD):
        propose(store, viewer_called(store, BO), BO, proposal)
    page = opened("team/waiting", **{"as": "01"})
    page.multiselect(key="waiting_which").set_value([2]).run()
    assert page.button(key="waiting_decline").disabled
    page.toggle(key="preview_2").set_value(True).run()
    assert "The coverage of no team would change." in words(page)
    page.text_input(key="waiting_reason").set_value("Not yet.").run()
    page.button(key="waiting_decline").click().run()
    page.checkbox(key="waiting_all").check().run()
    page.button(key="waiting_accept").click().run()
    assert "Accepted: 1 of 2." in words(page)
    assert "on record already" in words(page)
    assert sorted(proposals(store, OPERATOR)["state"]) == ["accepted", "declined", "waiting"]
    tables = [table.value for table in opened("team/people", **{"as": BO, "employee": BO}).dataframe]
    (own,) = [table for table in tables if "reason" in table and "state" in table]
    assert set(own["reason"].dropna()) == {"Not yet."}


def test_hr_says_what_is_meant_and_settles_corrections(store):
    bo = viewer_called(store, BO)
    propose(
        store, bo, BO, Proposal("award", wording="Weld", valid_from=AWARD.valid_from, evidence_url="https://x.example")
    )
    propose(store, bo, BO, Proposal("correction", note="It was 2024."))
    nothing = words(opened("team/waiting", **{"as": "01"}))
    assert "Nothing waits for you." in nothing
    assert "that people propose on their page under People" in nothing
    page = opened("team/waiting", **{"as": "06"})
    page.checkbox(key="waiting_all").check().run()
    page.button(key="waiting_accept").click().run()
    assert "The catalogue has no 'Weld'" in words(page)
    page.multiselect(key="waiting_which").set_value([1]).run()
    page.selectbox(key="means_1").set_value("c1").run()
    page.button(key="waiting_accept").click().run()
    assert met(store) == 1
    page.multiselect(key="waiting_which").set_value([2]).run()
    page.number_input(key="settled_by_2").set_value(3).run()
    page.text_input(key="waiting_reason").set_value("Done.").run()
    page.button(key="waiting_settle").click().run()
    assert not page.exception
    assert sorted(proposals(store, OPERATOR)["state"]) == ["accepted", "settled"]


def test_what_somebody_else_has_decided_meanwhile_and_who_has_left_break_no_page(store):
    number = propose(store, viewer_called(store, BO), BO, AWARD)
    propose(store, viewer_called(store, "05"), "05", AWARD)
    upload(store, "roster", FILES["roster"].replace("05,Ed Eden,ed@x.example,04,U,r1\n", ""))
    page = opened("team/waiting", **{"as": "06"})
    page.multiselect(key="waiting_which").set_value([number]).run()
    accept(store, viewer_called(store, "01"), number)
    page.run()
    assert not page.exception
    assert "1 proposal waits for you." in words(page)
    assert opened("team/waiting", **{"as": "01"}).selectbox(key="waiting_back").options


def test_the_forms_are_those_that_the_viewer_may_use(store):
    """Nobody is shown a form that would be refused; whoever runs the app alone has all of them."""
    for who, person, forms in (
        ("", BO, {"propose_go", "assess_go"}),
        (BO, BO, {"propose_go"}),
        ("01", BO, {"assess_go"}),
        ("06", "06", {"propose_go"}),
    ):
        page = with_forms(**({"as": who} if who else {}), employee=person)
        assert {button.key for button in page.button} & {"propose_go", "assess_go"} == forms, who
    page = with_forms(**{"as": "01", "employee": BO})
    page.selectbox(key="assess_0_skill").set_value("s1").run()
    page.button(key="assess_go").click().run()
    assert met(store) == 1
    page = with_forms(**{"as": BO, "employee": BO})
    page.button_group(key="propose_what_0").set_value("rating").run()
    page.selectbox(key="propose_0_skill").set_value("s2").run()
    page.button(key="propose_go").click().run()
    assert store.query("select * from self_rating_rows").num_rows == 1
    for what in ("badge", "prior_learning", "correction"):
        page.button_group(key="propose_what_1").set_value(what).run()
        page.button(key="propose_go").click().run()
        assert not page.exception
        assert page.error[0].value, what


def test_all_are_those_that_the_page_showed(store):
    """What somebody proposes while the manager reads is not accepted unread."""
    read = propose(store, viewer_called(store, BO), BO, AWARD)
    page = opened("team/waiting", **{"as": "01"})
    page.checkbox(key="waiting_all").check().run()
    unread = propose(store, viewer_called(store, "03"), "03", LEARNT)
    page.button(key="waiting_accept").click().run()
    assert "Accepted: 1 of 1." in words(page)
    states = proposals(store, OPERATOR).set_index("proposal_id")["state"].to_dict()
    assert states == {read: "accepted", unread: "waiting"}
