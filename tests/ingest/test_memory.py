"""A file takes the memory of a piece of it, however large it is: pushed to a server whose anonymous memory is watched."""

import pytest

from bench.push import MIB, pushed, repeated

HEAD = b"employee_id,name,team,location\n"
ROW = b"00001,Ann Example of the Company,Team North,Berlin\n"
SIZE = 96 * MIB
REFUSED = {
    "a column is missing": lambda: repeated(HEAD.replace(b"employee_id", b"x"), ROW, SIZE),
    "every line is blank": lambda: repeated(HEAD, b"\n", SIZE),
    "it is one line": lambda: repeated(b"", b"x", SIZE),
    "a column is missing and cells are quoted": lambda: repeated(
        HEAD.replace(b"employee_id", b"x"), b'"' + ROW[:5] + b'"' + ROW[5:], SIZE // 4
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_pushed_file_that_is_refused_takes_no_more_memory_than_some_pieces_of_it(what, tmp_path):
    size = SIZE // 4 if "quoted" in what else SIZE

    found = pushed("roster", REFUSED[what], size, tmp_path)

    assert (found["status"], found["told"]) == (422, "refused"), found
    assert found["anonymous"] < 100, found
