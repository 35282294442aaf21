"""Plan and statement → text for developers: what is read of the graph, and how."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, assert_never, cast

from api.compiler.pattern import (
    TRUE,
    All,
    AnyOf,
    Asked,
    Compare,
    Count,
    Exists,
    Hop,
    IsA,
    IsNull,
    IsSet,
    Literal,
    Not,
    Predicate,
    Scan,
    SourceHop,
    Subject,
)
from api.compiler.plan import (
    Answers,
    Column,
    Connection,
    LinkedColumn,
    LinkFact,
    Lookup,
    LookupMany,
    NestedColumn,
    Page,
    Place,
    Plan,
    Portion,
    Record,
    Revision,
    Scalar,
    Single,
    Slot,
    SortKey,
    SortValues,
    SourceList,
    Statements,
    Total,
)
from api.compiler.values import Argument, Bounded, CursorValue, Identifiers, PageSize, Parameter, Reference
from graph.modelling import Direction

INDENT = "  "
CLAUSE = r" (?=(?:MATCH|WHERE|(?<!STARTS )WITH|RETURN|UNION ALL|UNWIND|CALL) )"
BREAKS = re.compile(rf"(\{{ | \}}|, (?=COLLECT|COUNT|EXISTS)|{CLAUSE})")


def laid_out(statement: str) -> str:
    """A statement of the compiler with a clause on each line and what is within braces indented."""
    text, depth = "", 0
    for part in BREAKS.split(" ".join(statement.split())):
        if part == "{ ":
            depth += 1
            text += f"{{\n{INDENT * depth}"
        elif part == " }":
            depth -= 1
            text += f"\n{INDENT * depth}}}"
        elif part in (" ", ", "):
            text += f"{part.rstrip()}\n{INDENT * depth}"
        else:
            text += part
    return text


def describe(plan: Plan) -> str:
    """A plan as an indented outline of the slots that it reads."""
    keys = {entry.slot: entry.key for entry in plan.shape.entries}
    lines = ((f"{keys[number]}: {line}" if first else line) for number, first, line in _numbered(plan.slots))
    return "\n".join(["Query", *(INDENT + line for line in lines)])


def _numbered(slots: Iterable[Slot]) -> Iterator[tuple[int, bool, str]]:
    for number, slot in enumerate(slots):
        for place, line in enumerate(_slot(slot)):
            yield number, place == 0, line


def _slot(slot: Slot) -> Iterator[str]:
    """The lines about a slot: what it is, then indented what is read there."""
    match slot:
        case Scalar(item, of_link):
            yield _subject(Subject(item.name, of_link))
        case LinkFact(subject):
            yield _subject(subject)
        case Place(item):
            yield item.name
        case Portion(of, slots):
            yield f"object, if it has {of.name}"
            yield from _slots(slots)
        case SortValues(keys):
            yield f"cursor of {_order(keys)}"
        case Revision():
            yield "the graph's revision"
        case Statements(row):
            yield "who states the link"
            yield from _slots(row.slots)
        case Record():
            kinds = [shape.type for shape in slot.shapes]
            yield "node" if len(kinds) == 1 else f"node of type {' or '.join(kinds)}"
            yield from _record(slot)
        case Single(origin, record, keys):
            yield f"the one {_origin(origin)} first by {_order(keys)}"
            yield from _record(record)
        case SourceList(origin, record):
            yield _origin(origin)
            yield from _record(record)
        case Lookup(records, wanted):
            yield from _lookup(records, f"id {_value(wanted)}{_too(slot.withdrawn)}")
        case LookupMany(records, wanted):
            yield from _lookup(records, f"each id of {_value(wanted)}{_too(slot.withdrawn)}")
        case Column(item):
            yield item.name
        case LinkedColumn(name, record, many):
            yield f"{name}: {'nodes' if many else 'node'}"
            yield from _record(record)
        case NestedColumn(name, row, many):
            yield f"{name}: {'objects' if many else 'object'}"
            yield from _slots(row.slots)
        case Answers(origin, row, single):
            yield f"{_origin(origin)}, {'the first' if single else 'all'}"
            yield from _slots(row.slots)
        case Connection():
            yield from _connection(slot)
        case _:
            assert_never(slot)


def _slots(slots: Iterable[Slot]) -> Iterator[str]:
    for slot in slots:
        yield from (INDENT + line for line in _slot(slot))


def _lookup(records: Iterable[tuple[str, Record]], wanted: str) -> Iterator[str]:
    records = tuple(records)
    yield f"{' or '.join(label for label, _ in records)} with {wanted}"
    for label, record in records:
        if len(records) > 1:
            yield f"{INDENT}as {label}"
            yield from (INDENT + line for line in _record(record))
        else:
            yield from _record(record)


def _connection(item: Connection) -> Iterator[str]:
    where = "" if item.where == TRUE else f" where {_predicate(item.where)}"
    shown = "" if item.rows is None else f", {_page(item.page)}"
    yield f"{_origin(item.origin)}{where}{shown}"
    for slot in item.rows or ():
        yield from (INDENT + line for line in _slot(slot))
    for aggregate in item.aggregates:
        yield INDENT + ("their total" if isinstance(aggregate, Total) else "whether there is more on the other side")


def _record(record: Record) -> Iterator[str]:
    for slot, guards in record.slots:
        guard = f"({' or '.join(guards)}) " if guards else ""
        first, *rest = _slot(slot)
        yield f"{INDENT}{guard}{first}"
        yield from (INDENT + line for line in rest)


def _origin(origin: Scan | Hop | SourceHop | Asked) -> str:
    match origin:
        case Scan(label, withdrawn):
            return f"all {label}{_too(withdrawn)}"
        case Hop(links, direction, label, withdrawn):
            left = "<-" if direction is Direction.INCOMING else "-"
            right = "->" if direction is Direction.OUTGOING else "-"
            types = "|".join(link.name for link in links)
            return f"{left}[{types}]{right}({label or ''}){_too(withdrawn)}"
        case SourceHop(of_link):
            return f"sources of the {'link' if of_link else 'node'}"
        case Asked(question, arguments):
            return (
                f"the answers to {question.name}({', '.join(f'{name}: {_argument(item)}' for name, item in arguments)})"
            )


def _too(withdrawn: bool) -> str:
    return ", withdrawn too" if withdrawn else ""


def _argument(item: Bounded | Literal | Predicate) -> str:
    match item:
        case Bounded() | Literal():
            return _constant(item.value)
        case _:
            return _predicate(item)


def _page(page: Page) -> str:
    bounds = ((" after", page.after), (" before", page.before))
    cursor = "".join(f"{name} ({', '.join(map(_value, bound.values))})" for name, bound in bounds if bound)
    peek = " and one more" if page.peek else ""
    return f"{'last' if page.backwards else 'first'} {_value(page.size)}{peek}{cursor} by {_order(page.keys)}"


def _order(keys: Iterable[SortKey]) -> str:
    return ", ".join(_subject(key.subject) + (" DESC" if key.descending else "") for key in keys)


def _subject(subject: Subject) -> str:
    return f"link.{subject.name}" if subject.of_link else subject.name


def _predicate(predicate: Predicate) -> str:
    match predicate:
        case Compare(subject, operator, value):
            return f"{_subject(subject)} {operator} {_value(value)}"
        case IsNull(subject):
            return f"{_subject(subject)} is null"
        case IsSet(subject):
            return f"{_subject(subject)} is not null"
        case IsA(labels):
            return f"is {' or '.join(labels)}" if labels else "nothing"
        case All(of):
            return f"({' and '.join(map(_predicate, of))})" if of else "anything"
        case AnyOf(of):
            return f"({' or '.join(map(_predicate, of))})" if of else "nothing"
        case Not(of):
            return f"not {_predicate(of)}"
        case Exists(origin, where, root):
            start = " (start here)" if root else ""
            return f"some {_origin(origin)}{start}" + ("" if where == TRUE else f" where {_predicate(where)}")
        case Count(origin, where, operator, value):
            condition = "" if where == TRUE else f" where {_predicate(where)}"
            return f"count of {_origin(origin)}{condition} {operator} {_value(value)}"
        case _:
            assert_never(predicate)


def _value(parameter: Parameter | None) -> str:
    """A constant as itself, a variable by its path."""
    match parameter:
        case Argument(value) | PageSize(value) | Identifiers(value):
            return _constant(value)
        case CursorValue(value, index=index):
            return f"{_constant(value)}[{index}]"
        case _:
            return "null"


def _constant(value: Any) -> str:
    match value:
        case Reference(path):
            return f"${'.'.join(map(str, path))}"
        case tuple():
            return f"[{', '.join(map(_constant, cast(tuple[Any, ...], value)))}]"
        case _:
            return repr(value)
