"""The questions that files leave open, on the screen: which column is which, what words mean, how days are written."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby

import pandas as pd
import streamlit as st

from skilltrack.ingest import MEANINGS, Question, Source, Typed, place_of
from skilltrack.text import shown, visible
from skilltrack.ui import parts

WORDS = {
    "employee_id": "whose row it is (the employee number)",
    "name": "the person's name",
    "email": "the person's e-mail address",
    "manager_id": "the manager",
    "team": "the team",
    "role_id": "the role or job",
    "hired_on": "the first day at work",
    "left_on": "the last day at work",
    "credential_id": "which course or certificate it is",
    "credential": "which course or certificate it is",
    "issued_on": "the day it was earned",
    "expires_on": "the day it ends",
    "award_id": "the number of the award",
    "spend_id": "the number of the payment",
    "paid_on": "the day it was paid",
    "amount": "the amount that was paid",
    "currency": "the currency",
    "funding_source": "who paid",
    "skill_id": "the skill",
    "level": "the level",
    "required_level": "the level that the role needs",
    "role_name": "the name of the role",
    "issuer": "who issues it",
    "assessor": "who assessed it",
    "valid_from": "the first day it holds",
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
                many = "one question" if len(own) == 1 else f"{len(own)} questions"
                st.markdown(f"**{parts.plain(source.name)}** leaves {many} open")
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
    with st.expander(parts.plain(f"Your answers about {source.name}"), icon=":material/task_alt:"):
        for about, answer in list(st.session_state[f"answers_{key}"].items()):
            part, *inner = place_of(about)
            what = " ".join(inner) if inner else part.replace("_", " ")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(visible(f"{what}: {answer}"), width=420)
                if st.button(parts.plain(f"Change {what}"), key=f"again_{key}_{about}", icon=":material/undo:"):
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
    what = WORDS.get(column, column.replace("_", " "))
    return st.selectbox(
        f"Which column says {what}?", headers, key=f"ask_{key}_{question.about}", width=520,
        index=headers.index(question.answer) if question.answer in headers else None,
        format_func=lambda header: visible(f"{header}: {question.answers[header]}"),
        placeholder=f"Choose one of the {len(headers)} columns of the file", help=parts.plain(question.text),
    )  # fmt: skip


def _ask_choice(question: Question, key: str) -> str | None:
    """One of a few answers; the empty one leaves the question open."""
    answers = list(question.answers) + ([] if question.must else [""])
    meanings = {a: f"{m} ({a})" if question.about == "encoding" else m for a, m in question.answers.items()}
    if question.about.startswith(("values.", "delimiter", "sheet")) and not set(question.answers) <= set(MEANINGS):
        meanings = {answer: f"{answer}: {meaning}" for answer, meaning in question.answers.items()}
    with st.container():
        st.text(visible(question.text))
        if question.answer:
            st.caption("Answered as for the last file of this system. Choose another answer to change it.")
        if not question.answers:
            return None
        chosen = st.radio(
            "Answer to the question above",
            answers,
            label_visibility="collapsed",
            index=answers.index(question.answer) if question.answer in answers else None,
            key=f"ask_{key}_{question.about}",
            format_func=partial(_in_words, meanings),
        )
    return chosen or None


def _ask_together(group: str, members: list[Question], key: str, remembered: dict[str, str]) -> None:
    """Values of one column that mean the same few things, as one table to fill in."""
    st.text(visible(group))
    meanings = members[0].answers
    rows = pd.DataFrame(
        {
            "value": [question.text.removeprefix(group).strip(" :.") for question in members],
            "means": pd.Series([question.answer or None for question in members], dtype="object"),
        }
    )
    edited = st.data_editor(
        shown(rows), hide_index=True, key=f"ask_{key}_{group}", width="stretch", disabled=["value"], placeholder="",
        column_config={
            "value": "In the file",
            "means": st.column_config.SelectboxColumn(
                "Means", options=list(meanings), format_func=lambda answer: visible(meanings.get(str(answer), answer)),
            ),
        },
    )  # fmt: skip
    answers = {q.about: means for q, means in zip(members, edited["means"], strict=True) if isinstance(means, str)}
    is_whole = len(answers) == len(members) or not members[0].must
    if st.button("Use these answers", key=f"use_{key}_{group}", disabled=not answers or not is_whole, type="primary"):
        _answer(key, remembered | answers)


def _ask_typed(typed: Typed, key: str) -> str | None:
    """A typed text, or one of a few words, instead of one of the answers."""
    label, at = parts.plain(typed.label), f"typed_{key}_{typed.about}"
    if len(typed.choices) == 1:
        return typed.choices[0] if st.button(label, key=at) else None
    if typed.choices:
        return st.selectbox(label, typed.choices, index=None, key=at, placeholder="Choose", width=260)
    return st.text_input(label, key=at, width=260).strip() or None


def _answer(key: str, answers: dict[str, str]) -> None:
    st.session_state[f"answers_{key}"] = st.session_state.get(f"answers_{key}", {}) | answers
    st.rerun()


def _in_words(meanings: dict[str, str], answer: str) -> str:
    return parts.plain(meanings[answer]) if answer else "Leave this open"
