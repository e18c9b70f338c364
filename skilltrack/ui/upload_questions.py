"""The questions that files leave open, on the screen: which column is which, what words mean, how days are written."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby

import pandas as pd
import streamlit as st

from skilltrack.ingest import MEANINGS, Question, Source, Typed, place_of
from skilltrack.language import Sentence, _, mark, plural, texts
from skilltrack.text import shown, visible
from skilltrack.ui import labels, parts

WORDS = {
    "employee_id": mark("whose row it is (the employee number)"),
    "name": mark("the person's name"),
    "email": mark("the person's e-mail address"),
    "manager_id": mark("the manager"),
    "team": mark("the team"),
    "role_id": mark("the role or job"),
    "hired_on": mark("the first day at work"),
    "left_on": mark("the last day at work"),
    "credential_id": mark("which course or certificate it is"),
    "credential": mark("which course or certificate it is"),
    "issued_on": mark("the day it was earned"),
    "expires_on": mark("the day it ends"),
    "award_id": mark("the number of the award"),
    "spend_id": mark("the number of the payment"),
    "paid_on": mark("the day it was paid"),
    "amount": mark("the amount that was paid"),
    "currency": mark("the currency"),
    "funding_source": mark("who paid"),
    "skill_id": mark("the skill"),
    "level": mark("the level"),
    "required_level": mark("the level that the role needs"),
    "role_name": mark("the name of the role"),
    "issuer": mark("who issues it"),
    "assessor": mark("who assessed it"),
    "valid_from": mark("the first day it holds"),
}
"""Our columns as people call them."""


def ask(questions: Iterable[Question], sources: list[Source]) -> None:
    """Ask about each file what it leaves open; an answer goes into its mapping, and the file is looked at again."""
    asked = list(questions)
    for source in sources:
        key, own = source.sha256[:16], [question for question in asked if question.file == source.name]
        answered = f"answers_{key}" in st.session_state
        if not own and not answered:
            continue
        with st.container(border=True):
            if own:
                about = plural(
                    "**{file}** leaves {n} question open",
                    "**{file}** leaves {n} questions open",
                    len(own),
                    file=parts.plain(source.name),
                )
                st.markdown(about)
            remembered = {question.about: question.answer for question in own if question.answer}
            for group, members in groupby(own, lambda question: question.group):
                if group:
                    _ask_together(group, list(members), key, remembered)
                else:
                    for question in members:
                        _ask_one(question, key, remembered)
            if answered:
                _show_answers(source, key)


def _show_answers(source: Source, key: str) -> None:
    """What was answered about a file, each answer with a button that takes it back."""
    with st.expander(parts.plain(_("Your answers about {file}", file=source.name)), icon=":material/task_alt:"):
        for about, answer in list(st.session_state[f"answers_{key}"].items()):
            part, *inner = place_of(about)
            what = " ".join(inner) if inner else part.replace("_", " ")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(visible(f"{what}: {answer}"), width=420)
                if st.button(
                    parts.plain(_("Change {what}", what=what)), key=f"again_{key}_{about}", icon=":material/undo:"
                ):
                    st.session_state[f"answers_{key}"].pop(about)
                    if not st.session_state[f"answers_{key}"]:
                        st.session_state.pop(f"answers_{key}")
                    st.rerun()


def _ask_one(question: Question, key: str, remembered: dict[str, str]) -> None:
    is_column = question.about.startswith("columns.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = (_ask_column if is_column else _ask_choice)(question, key)
        if chosen is not None and chosen != question.answer:
            _answer(key, remembered | {question.about: chosen})
        for typed in question.typed:
            written = _ask_typed(typed, key)
            if written and written != question.answer:
                _answer(key, remembered | {typed.about: written})


def _ask_column(question: Question, key: str) -> str | None:
    """Ask which header it is: all are offered, the likeliest first, each with samples and a reason."""
    column, headers = question.about.partition(".")[2], list(question.answers)
    what = _(WORDS[column]) if column in WORDS else column.replace("_", " ")
    return st.selectbox(
        _("Which column says this: {what}?", what=what),
        headers,
        key=f"ask_{key}_{question.about}",
        width=520,
        index=headers.index(question.answer) if question.answer in headers else None,
        format_func=lambda header: visible(f"{header}: {_(question.answers[header])}"),
        placeholder=_("Choose one of the {n} columns of the file", n=len(headers)),
        help=parts.plain(_(question.text)),
    )


def _ask_choice(question: Question, key: str) -> str | None:
    """One of a few answers; the empty one leaves the question open."""
    answers = list(question.answers) + ([] if question.must else [""])
    meanings = texts(question.answers)
    if question.about == "encoding":
        meanings = {answer: f"{meaning} ({answer})" for answer, meaning in meanings.items()}
    if question.about.startswith(("values.", "delimiter", "sheet")) and not set(question.answers) <= set(MEANINGS):
        meanings = {answer: f"{answer}: {meaning}" for answer, meaning in meanings.items()}
    with st.container():
        st.text(visible(_(question.text)))
        if question.answer:
            st.caption(_("Answered as for the last file of this system. Choose another answer to change it."))
        if not question.answers:
            return None
        chosen = st.radio(
            _("Answer to the question above"),
            answers,
            label_visibility="collapsed",
            index=answers.index(question.answer) if question.answer in answers else None,
            key=f"ask_{key}_{question.about}",
            format_func=partial(_in_words, meanings),
        )
    return chosen or None


def _ask_together(group: Sentence, members: list[Question], key: str, remembered: dict[str, str]) -> None:
    """Values of one column that mean the same few things, as one table to fill in."""
    heading, meanings = _(group), texts(members[0].answers)
    st.text(visible(heading))
    means, _holds = labels.label_of("values_of_file", "means")
    rows = pd.DataFrame(
        {
            "value": [_(question.text).removeprefix(heading).strip(" :.") for question in members],
            "means": pd.Series([question.answer or None for question in members], dtype="object"),
        }
    )
    edited = st.data_editor(
        shown(rows),
        hide_index=True,
        key=f"ask_{key}_{group}",
        width="stretch",
        disabled=["value"],
        placeholder="",
        column_config={
            **labels.columns("values_of_file", "value"),
            "means": st.column_config.SelectboxColumn(
                means,
                options=list(meanings),
                format_func=lambda answer: visible(meanings.get(str(answer), answer)),
            ),
        },
    )
    answers = {q.about: means for q, means in zip(members, edited["means"], strict=True) if isinstance(means, str)}
    is_whole = len(answers) == len(members) or not members[0].must
    if st.button(
        _("Use these answers"), key=f"use_{key}_{group}", disabled=not answers or not is_whole, type="primary"
    ):
        _answer(key, remembered | answers)


def _ask_typed(typed: Typed, key: str) -> str | None:
    """A typed text, or one of a few words, instead of one of the answers."""
    label, at = parts.plain(_(typed.label)), f"typed_{key}_{typed.about}"
    if len(typed.choices) == 1:  # beside a field for the same column
        return typed.choices[0] if st.button(label, key=f"{at} {typed.choices[0]}") else None
    if typed.choices:
        return st.selectbox(label, typed.choices, index=None, key=at, placeholder=_("Choose"), width=260)
    return st.text_input(label, key=at, width=260).strip() or None


def _answer(key: str, answers: dict[str, str]) -> None:
    st.session_state[f"answers_{key}"] = st.session_state.get(f"answers_{key}", {}) | answers
    st.rerun()


def _in_words(meanings: dict[str, str], answer: str) -> str:
    return parts.plain(meanings[answer]) if answer else _("Leave this open")
