"""Tables for spreadsheets: comma-separated, or as they are wanted where 0,5 is written for a half."""

import csv
import re
from collections.abc import Callable, Sequence
from typing import TextIO

_NUMBER = re.compile(r"-?\d+\.\d+")


def rows_into(file: TextIO, decimal_comma: bool = False) -> Callable[[Sequence[object]], object]:
    """Return what writes a row of a table. decimal_comma: numbers have a comma and columns a semicolon between them, as
    spreadsheets read them in most of Europe and Latin America; a table with points they take for dates or for text."""
    table = csv.writer(file, delimiter=";" if decimal_comma else ",")
    if not decimal_comma:
        return table.writerow

    def write(row: Sequence[object]) -> object:
        cells = [str(cell) for cell in row]
        return table.writerow([c.replace(".", ",") if _NUMBER.fullmatch(c) else c for c in cells])

    return write
