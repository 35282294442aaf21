"""The counts in data/README.md, taken from the files beside it: `python -m loaders.coverage`.

A number there is marked with what it counts, as `<!-- count FILE column=value ... -->12<!-- end -->`: the rows of
FILE.csv (`links` stands for both files of links) in which each of these columns has that value. `column=*` means any
value at all, and `column=` none.
"""

import csv
import re
from pathlib import Path

README = Path(__file__).parent.parent / "data" / "README.md"
COUNT = re.compile(r"(<!-- count (\w+)([^>]*?) -->)[\d,]*(<!-- end -->)")
FILES = {"links": ("links", "links_communities")}


def counted(text: str, folder: Path) -> str:
    """The text with each marked number counted anew in the folder's files."""
    return COUNT.sub(lambda mark: f"{mark[1]}{_rows(folder, mark[2], mark[3].split()):,}{mark[4]}", text)


def _rows(folder: Path, name: str, conditions: list[str]) -> int:
    wanted = [condition.partition("=")[::2] for condition in conditions]
    number = 0
    for file in FILES.get(name, (name,)):
        with (folder / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            number += sum(all(_holds(row[column], value) for column, value in wanted) for row in rows)
    return number


def _holds(cell: str, value: str) -> bool:
    return bool(cell) if value == "*" else cell == value


if __name__ == "__main__":
    README.write_text(counted(README.read_text("utf-8"), README.parent), "utf-8")
