"""Tables to download, in which nothing runs."""

import pytest

from preferences import csv_export


@pytest.mark.parametrize(
    ("cell", "written"),
    [(None, ""), ("", ""), (0, "0"), (False, "False"), ("Ana", "Ana"), ("=1+1", "'=1+1"), (" @now", "' @now")],
)
def test_a_cell_holds_what_it_says_and_an_empty_one_nothing(cell, written):
    assert csv_export.escape_formula(cell) == written
