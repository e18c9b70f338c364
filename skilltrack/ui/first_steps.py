"""What an empty store shows: the files that make the first numbers, each with a template to fill in."""

from functools import partial

import streamlit as st

from skilltrack.kinds import kind_called, template_csv, template_workbook
from skilltrack.language import _, mark
from skilltrack.ui import demo
from skilltrack.ui.shell import is_open, page_file
from skilltrack.ui.signin import while_in

STEPS = {
    mark("Who works here"): (
        ("roster",),
        mark("One row a person: name, team, role and manager. Any HR system exports it."),
    ),
    mark("What roles need"): (
        ("skills", "roles"),
        mark("Which skills each role needs, at which level, and what is critical."),
    ),
    mark("What people earned"): (
        ("credentials", "credential_skills", "badges"),
        mark("Badges and certificates: who earned which and when, and which skill each shows at which level."),
    ),
}
"""The files of each step, in the order in which they are needed, and what they say."""
MAKES = {"xlsx": template_workbook, "csv": template_csv}


def show() -> None:
    """The demo company in one click, and three steps side by side, each with templates of its files to fill in."""
    st.markdown(
        _("**Nothing is stored yet.** Three steps make the first numbers. Fill in a template, or take any export.")
    )
    demo.offer()
    for column, (number, (title, (kinds, about))) in zip(st.columns(3), enumerate(STEPS.items(), 1), strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(f"{number}. {_(title)}", anchor=False)
            st.write(_(about))
            for kind in kinds:
                with st.container(horizontal=True, vertical_alignment="center", key=f"template_of_{kind}"):
                    st.markdown(kind_called(kind))
                    for ending, make in MAKES.items():
                        st.download_button(
                            ending.upper(),
                            data=while_in(partial(make, kind)),
                            file_name=f"{kind}.{ending}",
                            on_click="ignore",
                            icon=":material/download:",
                            key=f"template_{kind}_{ending}",
                            type="tertiary",
                            help=_("A template to fill in: {file}", file=f"{kind}.{ending}"),
                        )


def pointed_to() -> None:
    """The same, with the way to the upload; a sentence for whoever may not upload."""
    if not is_open("data/uploads"):
        st.info(_("Nothing is stored yet. HR and L&D upload the first files."), icon=":material/inbox:")
        return
    show()
    st.page_link(page_file("data/uploads"), label=_("Go to uploads"), icon=":material/upload_file:")
