"""Every check of the graph's quality, derived from the model."""

from collections.abc import Iterator
from pathlib import Path

from graph.decisions import MATCHING
from graph.duplicates import duplicates
from graph.model import CONFIDENCE_OF, END_YEAR, SINCE, START_YEAR, UNTIL
from graph.modelling import AnyType, Kind, LinkType, Model, Property, View, readable, snake_case
from graph.quality import EXAMPLES, Check, Severity

ROOT, SOURCE = "Entity", "Source"
LOW = "LOW"
LONG = 10
"""After so many years without a newer year named, what has no last year looks as if it ended."""
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def checks(model: Model, decisions: Path = MATCHING) -> tuple[Check, ...]:
    """All checks, in the order in which their findings are told. `decisions` is the folder of who is who."""
    return (
        _empty_graph(),
        *_values(model),
        *_views(model),
        *_years(model),
        _wrong_ends(model),
        *_unknown_sources(model),
        _empty_types(model),
        _without_links(model),
        *_low_confidence(model),
        duplicates(model, decisions),
    )


def _empty_graph() -> Check:
    return Check(
        "GRAPH_EMPTY",
        ERROR,
        "The graph has no entities.",
        "Load the data: partnergraph load",
        f"RETURN [1, CASE WHEN EXISTS {{ (:{ROOT}) }} THEN [] ELSE [['{ROOT}', 1, []]] END] AS value",
    )


def _values(model: Model) -> Iterator[Check]:
    """Nodes and links that lack a value they must have, or are expected to."""
    for declared in model.types.values():
        for item in declared.properties:
            if item.kind is not Kind.ID and (item.required or item.expected):
                yield Check(
                    f"{_code(declared)}_WITHOUT_{_code(item)}",
                    ERROR if item.required else WARNING,
                    f"{_plural(declared)} without {item.column}.",
                    f"Fill in the column {item.column}.",
                    _nodes(model, (declared.name,), _lacks("n", item)),
                )
    for item in model.link_properties:
        if item.required:
            yield Check(
                f"LINK_WITHOUT_{_code(item)}",
                ERROR,
                f"Links without {item.column}.",
                f"Fill in the column {item.column}.",
                _links(model, _lacks("r", item)),
            )


def _lacks(variable: str, item: Property) -> str:
    value = f"{variable}.{item.name}"
    if item.many or item.kind is Kind.SOURCES:
        return f"coalesce(size({value}), 0) = 0"
    if item.enum:
        return f"({value} IS NULL OR NOT {value} IN {list(item.enum.values)})"
    return f"{value} IS NULL"


def _views(model: Model) -> Iterator[Check]:
    """Nodes that lack a link they are expected to have, or have two where one is allowed."""
    for link in model.links:
        for ends in link.ends:
            there = "|".join(ends.source)
            if ends.forward:
                yield from _view(model, link, ends.source, ends.forward, f"(n)-[:{link.name}]->(:{ends.target})")
            if ends.reverse:
                yield from _view(model, link, (ends.target,), ends.reverse, f"(n)<-[:{link.name}]-(:{there})")


def _view(model: Model, link: LinkType, here: tuple[str, ...], view: View, pattern: str) -> Iterator[Check]:
    seen = readable(view.name).lower()
    for declared in (model.types[name] for name in here):
        if view.expected:
            yield Check(
                f"{_code(declared)}_WITHOUT_{_code(view)}",
                WARNING,
                f"{_plural(declared)} without {seen}.",
                f"Add a link {link.name}.",
                _nodes(model, (declared.name,), f"NOT {pattern}"),
            )
        if view.single:
            yield Check(
                f"{_code(declared)}_WITH_SECOND_{_code(view)}",
                ERROR,
                f"{_plural(declared)} with more than one {seen}.",
                f"Leave one of the links {link.name}.",
                _nodes(model, (declared.name,), f"COUNT {{ {pattern} }} > 1"),
            )


def _years(model: Model) -> Iterator[Check]:
    """What ended before it began, and what looks as if it ended long ago."""
    lasting = tuple(node.name for node in model.nodes if {START_YEAR, END_YEAR} <= set(node.properties))
    start, end, since, until = (item.name for item in (START_YEAR, END_YEAR, SINCE, UNTIL))
    yield Check(
        "YEARS_REVERSED",
        ERROR,
        "Entities whose last year is before their first.",
        f"Mend {START_YEAR.column} or {END_YEAR.column}.",
        _nodes(model, lasting, f"n.{end} < n.{start}", f"n.{start} + '-' + n.{end}"),
    )
    yield Check(
        "LINK_YEARS_REVERSED",
        ERROR,
        "Links whose last year is before their first.",
        f"Mend {SINCE.column} or {UNTIL.column}.",
        _links(model, f"r.{until} < r.{since}", f"r.{since} + '-' + r.{until}"),
    )
    limit = f"date().year - {LONG}"
    later = f"EXISTS {{ (n)-[r:{_any(model)}]-() WHERE r.{since} >= {limit} OR r.{until} >= {limit} }}"
    silent = f"n.{end} IS NULL AND n.{start} < {limit} AND NOT {later}"
    yield Check(
        "LOOKS_ENDED",
        WARNING,
        f"Entities without a last year, of which no year in the last {LONG} is known.",
        f"Look whether they still exist: fill in {END_YEAR.column}, or {SINCE.column} of a link.",
        _nodes(model, lasting, silent, f"'since ' + n.{start}"),
    )


def _wrong_ends(model: Model) -> Check:
    """Links between types that the model does not let them join."""
    wrong: list[str] = []
    for link in model.links:
        right = (f"(a:{'|'.join(ends.source)} AND b:{ends.target})" for ends in link.ends)
        wrong.append(f"(r:{link.name} AND NOT ({' OR '.join(right)}))")
    return Check(
        "LINK_BETWEEN_WRONG_TYPES",
        ERROR,
        "Links between types that they can't join.",
        "Choose another type of link, or other ends.",
        _links(model, " OR ".join(wrong)),
    )


def _unknown_sources(model: Model) -> Iterator[Check]:
    """Nodes that name a source which the graph does not have."""
    for declared in model.types.values():
        for item in declared.properties:
            if item.kind is Kind.SOURCES:
                unknown = f"any(id IN n.{item.name} WHERE NOT EXISTS {{ (:{SOURCE} {{id: id}}) }})"
                yield Check(
                    f"{_code(declared)}_WITH_UNKNOWN_SOURCE",
                    ERROR,
                    f"{_plural(declared)} with a source that is not in the graph.",
                    "Load the file of sources as well.",
                    _nodes(model, (declared.name,), unknown),
                )


def _empty_types(model: Model) -> Check:
    counts = ", ".join(f"['{node.name}', COUNT {{ (:{node.name}) }}]" for node in model.nodes)
    return Check(
        "TYPE_EMPTY",
        WARNING,
        "Types of which there is none.",
        "Load their files.",
        f"WITH [{counts}] AS counts RETURN [size(counts), [c IN counts WHERE c[1] = 0 | [c[0], 1, []]]] AS value",
    )


def _without_links(model: Model) -> Check:
    return Check(
        "ENTITY_WITHOUT_LINKS",
        WARNING,
        "Entities without any link.",
        "Add a link, or remove what no fact is about.",
        _nodes(model, (ROOT,), f"NOT (n)-[:{_any(model)}]-()"),
    )


def _low_confidence(model: Model) -> Iterator[Check]:
    remedy = f"Find a page that says so, add it to the sources and raise {CONFIDENCE_OF.column}."
    low = f"{CONFIDENCE_OF.name} = '{LOW}'"
    yield Check(
        "ENTITY_CONFIDENCE_LOW",
        WARNING,
        f"Entities of low {CONFIDENCE_OF.column}.",
        remedy,
        _nodes(model, (ROOT,), f"n.{low}"),
    )
    yield Check(
        "LINK_CONFIDENCE_LOW", WARNING, f"Links of low {CONFIDENCE_OF.column}.", remedy, _links(model, f"r.{low}")
    )


def _nodes(model: Model, labels: tuple[str, ...], condition: str, detail: str = "''") -> str:
    """The statement that finds nodes `n` of any of the labels."""
    pattern = f":{'|'.join(labels)}"
    return f"""
    MATCH (n{pattern}) WHERE {condition}
    WITH {_type(model, "n")} AS type, collect(n) AS found
    WITH collect([type, size(found), [n IN found[..{EXAMPLES}] | [[{_subject(model, "n")}], {detail}]]]) AS groups
    RETURN [COUNT {{ ({pattern}) }}, groups] AS value
    """


def _links(model: Model, condition: str, detail: str = "''") -> str:
    """The statement that finds links `r` from `a` to `b`."""
    pattern = f":{_any(model)}"
    ends = f"[{_subject(model, 'startNode(r)')}, {_subject(model, 'endNode(r)')}]"
    return f"""
    MATCH (a)-[r{pattern}]->(b) WHERE {condition}
    WITH type(r) AS type, collect(r) AS found
    WITH collect([type, size(found), [r IN found[..{EXAMPLES}] | [{ends}, {detail}]]]) AS groups
    RETURN [COUNT {{ ()-[{pattern}]->() }}, groups] AS value
    """


def _type(model: Model, node: str) -> str:
    return f"head([label IN labels({node}) WHERE label IN {[declared.name for declared in model.nodes]}])"


def _subject(model: Model, node: str) -> str:
    """The id, name and type of a node; what it is called by is the first text that its root type has."""
    first = (next(item for item in model.properties_of(root) if item.kind is Kind.STRING) for root in model.roots)
    names = ", ".join(f"{node}.{item.name}" for item in first)
    return f"[{node}.id, coalesce({names}, {node}.id), {_type(model, node)}]"


def _any(model: Model) -> str:
    return "|".join(model.link_types)


def _code(named: AnyType | Property | View) -> str:
    return snake_case(named.name).upper()


def _plural(declared: AnyType) -> str:
    return readable(declared.plural)
