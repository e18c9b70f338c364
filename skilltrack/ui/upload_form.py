"""The upload form: choose files, see how they are read and what they would change, import them."""

from dataclasses import replace

import streamlit as st

from skilltrack.config import today
from skilltrack.days import FIRST, LAST
from skilltrack.errors import BadFile, Refused
from skilltrack.ingest import (
    BADGE_ENDINGS,
    ENDINGS,
    Options,
    ReadFile,
    Source,
    Unanswered,
    import_read,
    parse_mapping,
    read_all,
)
from skilltrack.kinds import has_roster
from skilltrack.language import _, day_format, mark, plural, texts
from skilltrack.questions import Preview, preview_import
from skilltrack.text import visible
from skilltrack.ui import first_steps, parts, upload_files, upload_preview, upload_questions
from skilltrack.ui.cache import is_empty, store
from skilltrack.ui.received import RECEIVED
from skilltrack.ui.signin import viewer

MODES = {"snapshot": mark("is the whole company from that day on"), "changes": mark("changes some people only")}

STOPPED = mark(
    "**Nothing can be uploaded or taken back at the moment.** The journal, which keeps a line for every upload, "
    "is missing or damaged. What the pages show is right. Whoever runs Skilltrack can mend it with the command "
    "`repair`."
)


def form() -> None:
    """Files in: how each is read, what it leaves open, what it would change, and the button that imports it."""
    _tell_landed()
    if store().fault:
        st.error(_(STOPPED), icon=":material/block:")
        return
    turn = st.session_state.setdefault("upload_turn", 0)
    files = st.file_uploader(
        _("Files from any system: CSV or Excel; badges also as JSON, JWT, PNG, SVG or ZIP"),
        type=[*ENDINGS, *BADGE_ENDINGS],
        accept_multiple_files=True,
        key=f"upload_files_{turn}",
    )
    if not files:
        _let_go()
        st.caption(_("You see what a file would change before anything is imported. Every upload can be taken back."))
        if is_empty():
            first_steps.show()
        return
    sources, listed = upload_files.listed(files)
    if sources is None:
        return
    options = _options(sources)
    try:
        read, preview = _looked_at(sources, options)
    except Unanswered as unanswered:
        st.warning(_("Nothing is checked yet: answer the questions below first."), icon=":material/help:")
        if unanswered.advice:
            st.info(parts.plain(_(unanswered.advice)), icon=":material/table_rows:")
        listed.ask(unanswered.questions)
        upload_questions.ask(unanswered.questions, sources)
        return
    except Refused as refused:
        st.error(parts.plain(refused), icon=":material/block:")
        return
    listed.ask(preview.outcome.questions)
    listed.tell(read, preview.outcome.counts)
    upload_questions.ask(preview.outcome.questions, sources)
    is_refused = preview.outcome.status == "refused"
    if is_refused:
        _tell_refused(preview, options)
    elif preview.outcome.status == "repeated":
        again = _("This is upload {n} again: nothing to do.", n=preview.outcome.upload_id)
        st.info(again, icon=":material/task_alt:")
        return
    if not is_refused:
        upload_preview.effect(preview.effects)
    may_land = not is_refused and upload_preview.alarms_ticked(preview.outcome, turn)
    if st.button(_("Import"), key="upload_import", disabled=not may_land, icon=":material/upload:", type="primary"):
        _land(read, options)
    upload_preview.show(preview)
    upload_preview.how_read(read)


def _options(sources: list[Source]) -> Options:
    effective, mode = None, "snapshot"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if has_roster(source.kind for source in sources):
            effective = st.date_input(
                _("Roster holds from"),
                today(),
                min_value=FIRST,
                max_value=LAST,
                key="upload_effective",
                width=160,
                format=day_format(),
            )
            words = texts(MODES)
            mode = st.selectbox(
                _("This roster"), list(MODES), key="upload_mode", width=240, format_func=words.__getitem__
            )
        with st.popover(_("Mapping file"), icon=":material/rule:"):
            _mapping_file(sources)
        quarantine = st.toggle(_("Import the good rows and set bad ones aside"), key="upload_quarantine")
    by = viewer().acting_in("uploads")
    return Options(effective, mode, quarantine, dry_run=True, by=by, areas=viewer().areas)


def _looked_at(sources: list[Source], options: Options) -> tuple[list[ReadFile], Preview]:
    """What the import would do; computed anew only when the files, the answers, the options or the data change."""
    files = [(s.kind, s.name, s.sha256, s.mapping.to_toml(), s.is_mapped) for s in sources]
    key = repr((files, options, store().data_version()))
    checked = st.session_state.get("upload_looked_at")
    if checked is None or checked[0] != key:
        with st.status(_("Reading"), expanded=False) as status:
            try:
                saying = replace(options, progress=lambda step: status.update(label=step))
                read = read_all(store(), sources, saying.say)
                checked = key, read, preview_import(store(), viewer(), read, saying)
            except Refused:
                status.update(label=_("Not read yet"), state="error")
                raise
            status.update(label=_("Checked; nothing is stored yet"), state="complete")
        st.session_state["upload_looked_at"] = checked
    return checked[1], checked[2]


def _tell_refused(preview: Preview, options: Options) -> None:
    outcome = preview.outcome
    errors, total, good = outcome.errors, outcome.error_count, outcome.good_rows
    lines = sum(count.quarantined for count in outcome.counts) or total
    counts = _("Bad rows: {bad}, good rows: {good}.", bad=lines, good=good)
    if good and outcome.questions:
        what = _("Answer the questions above, correct the file, or switch on setting bad rows aside.")
    elif good and not options.quarantine:
        what = _("Correct the file, or switch on setting bad rows aside.")
    elif outcome.questions:
        what = _("Answer the questions above, or correct the file.")
    else:
        what = _("Correct the file, or say below how it is read.")
    st.error(f"{counts} {what}", icon=":material/block:")
    columns = {error.column for error in errors}
    if not good and len(columns) == 1 and total > 1 and (column := columns.pop()):
        st.info(parts.plain(_("Every row fails in the column {column}: is it the right one?", column=column)))
    first = _("The first of {n}: {problem}", n=total, problem=str(errors[0])) if total > 1 else str(errors[0])
    st.text(visible(first))


def _land(read: list[ReadFile], options: Options) -> None:
    with st.status(_("Importing"), expanded=False) as status:
        meant = replace(options, dry_run=False, progress=lambda step: status.update(label=step))
        outcome = import_read(store(), read, meant)
    if outcome.status == "refused":
        st.error(
            _("The data has changed in the meantime, and the file no longer fits. Check it again."),
            icon=":material/block:",
        )
        return
    st.session_state["upload_landed"] = outcome
    st.session_state["upload_turn"] += 1
    _let_go()
    st.rerun()


def _let_go() -> None:
    """Forget the files that were checked."""
    for key in (RECEIVED, "upload_looked_at"):
        st.session_state.pop(key, None)


def _tell_landed() -> None:
    outcome = st.session_state.pop("upload_landed", None)
    if outcome is not None:
        if outcome.status == "repeated":
            st.info(_("This is upload {n} again: nothing was added.", n=outcome.upload_id), icon=":material/task_alt:")
            return
        rows = sum(count.new + count.changed for count in outcome.counts)
        apart = sum(count.quarantined for count in outcome.counts)
        stored = plural(
            "Upload {id} is stored: {n} row new or changed.",
            "Upload {id} is stored: {n} rows new or changed.",
            rows,
            id=outcome.upload_id,
        )
        more = plural("{n} row set aside below.", "{n} rows set aside below.", apart) if apart else ""
        st.success(f"{stored} {more}".strip(), icon=":material/check_circle:")


def _mapping_file(sources: list[Source]) -> None:
    """Use a mapping file, which is for one kind of file, for every file of that kind."""
    given = st.file_uploader(_("Use a mapping file (TOML)"), type=["toml"], key="upload_mapping")
    if given is not None and st.session_state.get("upload_mapping_taken") != given.file_id:
        try:
            mapping = parse_mapping(given.getvalue().decode("utf-8"), given.name)
        except (BadFile, UnicodeDecodeError) as error:
            st.error(parts.plain(error), icon=":material/block:")
            return
        for source in sources:
            if source.kind == sources[0].kind:
                st.session_state[f"mapping_{source.sha256[:16]}"] = mapping
        st.session_state["upload_mapping_taken"] = given.file_id
        st.rerun()
