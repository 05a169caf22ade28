"""Tables as spreadsheets of different places read them."""

import csv
import io

from coach.records.sheet import rows_into

ROWS = [["file", "time_s", "cue"], ["a.mp4", "1.2500", "Lips, closed; eyes soft."], ["b", "-0.5", 3]]


def written(decimal_comma: bool) -> str:
    text = io.StringIO()
    write = rows_into(text, decimal_comma)
    for row in ROWS:
        write(row)
    return text.getvalue()


def test_a_table_is_comma_separated_with_points() -> None:
    assert list(csv.reader(io.StringIO(written(False)))) == [[str(cell) for cell in row] for row in ROWS]


def test_where_half_is_written_with_a_comma_columns_have_semicolons_between_them() -> None:
    seen = list(csv.reader(io.StringIO(written(True)), delimiter=";"))
    assert seen == [["file", "time_s", "cue"], ["a.mp4", "1,2500", "Lips, closed; eyes soft."], ["b", "-0,5", "3"]]
