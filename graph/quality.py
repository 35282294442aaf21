"""How good the graph's facts are: what is wrong, what is thin, and which entities that is about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph.database import Database

EXAMPLES = 25
"""How many of each type a finding names; it counts all."""
SHOWN = 3
"""How many of those a row of the table names."""


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """It breaks the model: answers are wrong or miss something."""
    WARNING = "warning"
    """It is allowed, but thin or doubtful."""


@dataclass(frozen=True)
class Subject:
    """A node that a finding is about."""

    id: str
    name: str
    type: str


@dataclass(frozen=True)
class Example:
    """One thing that was found: a node, or two where it is a link or a pair. `detail` says more, where there is."""

    subjects: tuple[Subject, ...]
    detail: str


@dataclass(frozen=True)
class Group:
    """What was found of one type of node or link: how many, and the first EXAMPLES of them."""

    type: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Finding:
    """What one check found: `count` of all `total` that it looked at. The code never changes."""

    code: str
    severity: Severity
    sentence: str
    remedy: str
    count: int
    total: int
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Report:
    """What all checks found, errors first, and how many of these are errors and warnings."""

    errors: int
    warnings: int
    findings: tuple[Finding, ...]


Read = tuple[int, list[tuple[str, int, list[tuple[list[tuple[str, str, str]], str]]]]]
"""A finding as a statement returns it: the total, then each group's type, count and examples.

An example is the id, name and type of each of its nodes, and its detail.
"""


def as_it_is(value: Any) -> Read:
    """The value of a statement that returns what was found."""
    return value


@dataclass(frozen=True)
class Check:
    """One thing to look at: its `statement` returns one record of one value, from which `read` makes what was found."""

    code: str
    severity: Severity
    sentence: str
    remedy: str
    statement: str
    read: Callable[[Any], Read] = as_it_is

    def finding(self, value: Any) -> Finding:
        """What the statement's value says; all is well where it counts none."""
        total, groups = self.read(value)
        made = tuple(_group(*group) for group in sorted(groups))
        count = sum(group.count for group in made)
        return Finding(self.code, self.severity, self.sentence, self.remedy, count, total, made)


def examine(database: Database, checks: Iterable[Check]) -> Report:
    """Look at everything in the graph."""
    return report(check.finding(_value(database, check)) for check in checks)


def report(findings: Iterable[Finding]) -> Report:
    """The report of what checks found."""
    found = [finding for finding in findings if finding.count]
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    warnings = [finding for finding in found if finding.severity is Severity.WARNING]
    return Report(len(errors), len(warnings), (*errors, *warnings))


def show(found: Report, console: Console) -> None:
    """Print the findings as a table, the first few entities of each with it."""
    table = Table("", "Finding", "Count", "Such as", "What to do")
    for finding in found.findings:
        mark = "[red]error[/red]" if finding.severity is Severity.ERROR else "[yellow]warning[/yellow]"
        said = f"{escape(finding.sentence)}\n[dim]{finding.code}[/dim]"
        table.add_row(mark, said, f"{finding.count:,} of {finding.total:,}", _some(finding), escape(finding.remedy))
    if found.findings:
        console.print(table)
    console.print(f"{found.errors:,} errors, {found.warnings:,} warnings.", highlight=False)


def _group(name: str, count: int, examples: list[tuple[list[tuple[str, str, str]], str]]) -> Group:
    made = (Example(tuple(Subject(*node) for node in nodes), detail) for nodes, detail in examples)
    return Group(name, count, tuple(made))


def _some(finding: Finding) -> str:
    named = [example for group in finding.groups for example in group.examples] or finding.groups
    lines = [_line(item) for item in named[:SHOWN]]
    return escape("\n".join([*lines, *(["…"] if finding.count > SHOWN else [])]))


def _line(item: Example | Group) -> str:
    if isinstance(item, Group):
        return item.type
    ids = " – ".join(subject.id for subject in item.subjects)
    return f"{ids} ({item.detail})" if item.detail else ids


def _value(database: Database, check: Check) -> Any:
    (record,) = database.read(check.statement)
    (value,) = record.values()
    return value
