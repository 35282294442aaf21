"""`where` and `link` arguments → predicates."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from api.compiler.pattern import (
    TRUE,
    All,
    AnyOf,
    Compare,
    Count,
    Exists,
    Hop,
    IsA,
    IsNull,
    Not,
    Predicate,
    SourceHop,
    Subject,
    parts,
)
from api.compiler.values import Argument, frozen
from api.vocabulary import ACTIVE_IN, METRICS_FIELD, link_fields, link_properties, metrics, properties
from graph.modelling import Kind, LinkField, LinkType, Model, Property, type_value

Where = Mapping[str, Any]
SOURCE = "Source"
ID = Subject("id")


def hop(model: Model, here: str, item: LinkField) -> Hop:
    """The step that a link's field stands for, taken from a node of type `here`."""
    reached = model.reachable(item.link, here, item.direction)
    wanted = {node.name for node in model.concrete(item.target)}
    names = [node.name for node in model.concrete(here)]
    having = tuple(name for name in names if item.name in link_fields(model, name))
    # Such a link at another type goes by another name there.
    confused = any(model.reachable(item.link, name, item.direction) for name in names if name not in having)
    label = None if reached <= wanted else item.target
    return Hop((item.link,), item.direction, label, only_from=having if confused else ())


def node_condition(model: Model, name: str, where: Where | None) -> Predicate:
    """What `<name>Where` demands of a node. A condition that is null is no condition."""
    if where is None:
        return TRUE
    declared, linked = properties(model, name), link_fields(model, name)
    found: list[Predicate] = []
    for key, value in where.items():
        if value is None:
            continue
        if key == "type":
            found.append(_type_condition(model, name, value))
        elif key == METRICS_FIELD:
            found.append(_metrics_condition(model, name, value))
        elif key in declared:
            found.append(_property_condition(model, declared[key], value, of_link=False))
        elif key in linked:
            found.append(_linked_condition(model, name, linked[key], value))
        else:
            found.append(_logic(key, value, partial(node_condition, model, name)))
    return _all(found)


def _metrics_condition(model: Model, name: str, where: Where) -> Predicate:
    """What `MetricsWhere` demands of a node of type `name`."""
    declared = metrics(model, name)
    found: list[Predicate] = []
    for key, value in where.items():
        if value is None:
            continue
        if key in declared:
            found.append(_value_condition(Subject(key), value))
        else:
            found.append(_logic(key, value, partial(_metrics_condition, model, name)))
    return _all(found)


def link_condition(model: Model, link: LinkType | None, where: Where | None) -> Predicate:
    """What `<Link>Where` demands of a link; None stands for links of any type."""
    if where is None:
        return TRUE
    declared = link_properties(model, link)
    found: list[Predicate] = []
    for key, value in where.items():
        if value is None:
            continue
        if key in declared:
            found.append(_property_condition(model, declared[key], value, of_link=True))
        elif key == ACTIVE_IN:
            found.append(active_in(value))
        else:
            found.append(_logic(key, value, partial(link_condition, model, link)))
    return _all(found)


def active_in(year: Any) -> Predicate:
    """That a link held in a year; an unknown start or end counts as open."""
    bounds = ((Subject("since", of_link=True), "lte"), (Subject("until", of_link=True), "gte"))
    return All(tuple(AnyOf((IsNull(subject), Compare(subject, sign, Argument(year)))) for subject, sign in bounds))


def both(*predicates: Predicate) -> Predicate:
    """All of them hold."""
    return _all([part for part in predicates if part != TRUE])


def _all(found: list[Predicate]) -> Predicate:
    return found[0] if len(found) == 1 else All(tuple(found))


def _logic(key: str, value: Any, condition: Callable[[Where], Predicate]) -> Predicate:
    if key == "not":
        return Not(condition(value))
    parts = tuple(condition(part) for part in value)
    return All(parts) if key == "and" else AnyOf(parts)


def _property_condition(model: Model, item: Property, value: Where, *, of_link: bool) -> Predicate:
    if item.kind is Kind.SOURCES:
        return Exists(SourceHop(of_link), node_condition(model, SOURCE, value))
    return _value_condition(Subject(item.name, of_link), value)


def _value_condition(subject: Subject, value: Where) -> Predicate:
    found: list[Predicate] = []
    for operator, operand in value.items():
        if operand is not None:
            found.append(Compare(subject, operator, Argument(frozen(operand))))
        elif operator == "eq":
            found.append(IsNull(subject))
    return _all(found)


def _type_condition(model: Model, name: str, value: Where) -> Predicate:
    names = {type_value(node): node.name for node in model.concrete(name)}
    found: list[Predicate] = []
    for operator, operand in value.items():
        if operand is not None:
            wanted = [operand] if operator == "eq" else operand
            found.append(IsA(tuple(names[item] for item in wanted if item in names)))
        elif operator == "eq":
            found.append(AnyOf(()))
    return _all(found)


def _linked_condition(model: Model, here: str, item: LinkField, value: Where) -> Predicate:
    origin = hop(model, here, item)
    if item.single:
        return _exists(model, item, origin, node_condition(model, item.target, value))
    admitted = both(
        node_condition(model, item.target, value.get("where")), link_condition(model, item.link, value.get("link"))
    )
    if all(value.get(test) is None for test in ("some", "none", "every", "count")):
        return _exists(model, item, origin, admitted)
    found: list[Predicate] = []
    for quantifier in ("some", "none", "every"):
        wanted = value.get(quantifier)
        if wanted is None:
            continue
        condition = node_condition(model, item.target, wanted)
        if quantifier == "every":
            found.append(Not(Exists(origin, both(admitted, Not(condition)))))
        else:
            exists = _exists(model, item, origin, both(admitted, condition))
            found.append(exists if quantifier == "some" else Not(exists))
    count: Where = value.get("count") or {}
    for operator, operand in count.items():
        if operand is not None:
            found.append(Count(origin, admitted, operator, Argument(frozen(operand))))
        elif operator == "eq":
            found.append(AnyOf(()))
    return _all(found)


def _exists(model: Model, item: LinkField, origin: Hop, condition: Predicate) -> Exists:
    by_id = any(
        isinstance(part, Compare) and part.subject == ID and part.operator in ("eq", "in") for part in parts(condition)
    )
    return Exists(origin, condition, model.root(item.target) if by_id else None)
