"""The public GraphQL schema: Strawberry types made from the model.

The types carry names, arguments and descriptions; what a field means is known to `api.compiler`, which
answers whole requests, so no field has a resolver.
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

import strawberry
from graphql import GraphQLError
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.unset import UNSET

from api.facets import BY as FACET_BY
from api.facets import FACET, facet_enum
from api.questions.question import ROOT
from api.questions.registry import QUESTIONS, questions_of
from api.questions.statements import STATEMENT, STATEMENTS_FIELD, WHO_STATES
from api.questions.types import declare_object, declare_types, question_field
from api.subscription import Subscription
from api.vocabulary import (
    ACTIVE_IN,
    ANY_LINK_FAMILY,
    DIRECTIONS,
    GROUP_FIELDS,
    INCLUDE_WITHDRAWN,
    LINKS_FIELD,
    MAX_PAGE,
    METRICS_FIELD,
    NODE_INTERFACE,
    REVISION_FIELD,
    SORT_DIRECTIONS,
    WITHDRAWN,
    Family,
    entity_types,
    families,
    filterable,
    link_family,
    link_fields,
    link_properties,
    metrics,
    properties,
    root_family,
    roots,
    sortable,
)
from graph.modelling import EnumType, Kind, Model, Property

Fields = dict[str, StrawberryField]

SCALARS = {
    Kind.ID: "ID",
    Kind.STRING: "String",
    Kind.TEXT: "String",
    Kind.URL: "String",
    Kind.YEAR: "Int",
    Kind.INTEGER: "Int",
    Kind.BOOLEAN: "Boolean",
    Kind.NUMBER: "Float",
    Kind.DATE: "Date",
    Kind.POINT: "GeoPoint",
}
EQUAL = {"eq": "Equal to this; null: has no value.", "in": "Equal to one of these."}
ORDERED = {
    **EQUAL,
    "gt": "Greater than this.",
    "gte": "Greater than or equal to this.",
    "lt": "Less than this.",
    "lte": "Less than or equal to this.",
}
SCALAR_FILTERS = {
    "ID": EQUAL,
    "String": {
        **EQUAL,
        "contains": "Has this within it, in the same case.",
        "startsWith": "Begins with this, in the same case.",
    },
    "Int": ORDERED,
    "Float": ORDERED,
    "Date": ORDERED,
}
ACTIVE_IN_TEXT = "Only links that held in this year; an unknown start or end counts as open."
WITHDRAWN_TOO = ("Boolean", "Give withdrawn ones too, which no file states any more; `withdrawnOn` tells them.")
DEFAULTS = {INCLUDE_WITHDRAWN: False}
PAGE_ARGUMENTS = {
    "first": ("Int", f"How many to give from the start, at most {MAX_PAGE}; with neither first nor last, {MAX_PAGE}."),
    "after": ("String", "Give what comes after this cursor."),
    "last": ("Int", f"How many to give from the end, at most {MAX_PAGE}."),
    "before": ("String", "Give what comes before this cursor."),
}


METRICS_ABOUT = "What the last analysis of the whole network says of it."


class QuietSchema(strawberry.Schema):
    """A schema that leaves the logging of errors to the web application: most are the client's own."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""


class SchemaBuilder:
    """Makes the Strawberry types of one model; `namespace` holds each under its GraphQL name."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.made: list[tuple[StrawberryField, str]] = []
        self.namespace: dict[str, Any] = {
            "ID": strawberry.ID,
            "String": str,
            "Int": int,
            "Float": float,
            "Boolean": bool,
            "Date": date,
        }

    def build(self, extensions: Sequence[Callable[[], SchemaExtension]]) -> strawberry.Schema:
        """The schema of everything in the model."""
        self._common()
        for name in self.model.types:
            self._conditions(name)
        for family in families(self.model):
            self._orders(family)
            self._connection(family)
            if family.link:
                self._quantifier(family)
        for question in QUESTIONS:
            declare_types(self, question)
        for interface in self.model.interfaces:
            self._node(interface.name, is_interface=True)
        for node in self.model.nodes:
            self._node(node.name, is_interface=False)
        query = self._query()
        # Strawberry forgets the namespace of annotations it could not read when a type was declared.
        for field, kind in self.made:
            field.type_annotation = self.annotation(kind)
        return QuietSchema(
            query=query,
            subscription=Subscription,
            types=[self.namespace[node.name] for node in self.model.nodes],
            extensions=extensions,
            config=StrawberryConfig(auto_camel_case=False),
        )

    def field(
        self,
        name: str,
        kind: str,
        description: str,
        arguments: Mapping[str, tuple[str, str]] | None = None,
        defaults: Mapping[str, Any] = {},
    ) -> StrawberryField:
        """An output field. `kind` is GraphQL's own notation: `[Topsector!]!`."""
        made = StrawberryField(
            python_name=name,
            graphql_name=name,
            type_annotation=self.annotation(kind),
            description=description,
        )
        self.made.append((made, kind))
        made.arguments = [
            StrawberryArgument(key, key, self.annotation(of), description=text, default=defaults.get(key, UNSET))
            for key, (of, text) in (arguments or {}).items()
        ]
        return made

    def annotation(self, kind: str) -> StrawberryAnnotation:
        """GraphQL's notation of a type as a Strawberry annotation, read when the schema is made."""
        return StrawberryAnnotation(_python_notation(kind), namespace=self.namespace)

    def add(
        self,
        name: str,
        description: str,
        fields: Iterable[StrawberryField],
        bases: tuple[type, ...] = (),
        **options: Any,
    ) -> type:
        """Declare an output type, or with `is_interface` an interface."""
        body = {item.python_name: item for item in fields}
        made = type(name, bases, {**body, "__annotations__": dict.fromkeys(body, object), "__module__": __name__})
        self.namespace[name] = strawberry.type(made, name=name, description=description, **options)
        return self.namespace[name]

    def add_input(self, name: str, description: str, fields: dict[str, tuple[str, str]], one_of: bool = False) -> None:
        """Declare an input type, all of whose fields may be left out."""
        body: Fields = {}
        for key, (kind, text) in fields.items():
            # `in` and `and` are GraphQL names but Python keywords.
            body[f"{key}_"] = StrawberryField(
                python_name=f"{key}_",
                graphql_name=key,
                type_annotation=self.annotation(kind),
                description=text,
                default=UNSET,
            )
            self.made.append((body[f"{key}_"], kind))
        made = type(name, (), {**body, "__annotations__": dict.fromkeys(body, object), "__module__": __name__})
        self.namespace[name] = strawberry.input(made, name=name, description=description, one_of=one_of)

    def add_enum(self, declared: EnumType) -> None:
        """Declare an enum and the filter on it."""
        values = {key: strawberry.enum_value(key, description=text) for key, text in declared.values.items()}
        self.namespace[declared.name] = strawberry.enum(
            cast(Any, enum.Enum)(declared.name, values), name=declared.name, description=declared.description
        )

    def _common(self) -> None:
        kinds, links = entity_types(self.model)
        for declared in (*self.model.enums(), kinds, links, DIRECTIONS, SORT_DIRECTIONS, facet_enum(self.model)):
            self.add_enum(declared)
        declare_object(self, FACET)
        for declared in (*self.model.enums(), kinds, links):
            self._filter(declared.name, EQUAL)
        for scalar, operators in SCALAR_FILTERS.items():
            self._filter(scalar, operators)
        self.add_input(
            "StringListFilter", "A condition on a list of texts.", {"has": ("String", "Has this text in it.")}
        )
        self.add(
            "GeoPoint",
            "A place on earth (WGS 84).",
            [
                self.field("latitude", "Float!", "Degrees north."),
                self.field("longitude", "Float!", "Degrees east."),
            ],
        )
        self.add(
            "PageInfo",
            "Where a page stands in the whole list.",
            [
                self.field("hasNextPage", "Boolean!", "Whether more comes after this page."),
                self.field("hasPreviousPage", "Boolean!", "Whether more comes before this page."),
                self.field("startCursor", "String", "The cursor of the first on this page."),
                self.field("endCursor", "String", "The cursor of the last on this page."),
            ],
        )
        identity = self.field("id", "ID!", "An id that is unique over all types and never changes.")
        self.add(NODE_INTERFACE, "Anything with an id.", [identity], is_interface=True)
        for link in (*self.model.links, None):
            family = Family("", "", link, any_link=link is None)
            name = "any link" if link is None else link.name
            declared = link_properties(self.model, link)
            conditions = {**self._property_conditions(declared), ACTIVE_IN: ("Int", ACTIVE_IN_TEXT)}
            self._where(f"{family.link_prefix}Where", f"Conditions on {name}.", conditions)
            self._order(f"{family.link_prefix}Order", f"An order by a property of {name}.", declared)

        self._metrics()

    def _metrics(self) -> None:
        """What an analysis says of a node, as a type, as conditions and as an order."""
        declared = metrics(self.model, ANY_LINK_FAMILY.target)
        self.add(
            "GroupLabel",
            "A group by its id and what it is called; `groups` says more of it.",
            [
                self.field("id", "ID!", "Its id, until the next analysis."),
                self.field("label", "String!", "What it is about and around whom: sector, region and middle."),
            ],
        )
        fields = [self.value_field(item) for item in declared.values() if item.name not in GROUP_FIELDS.values()]
        group = declared[GROUP_FIELDS["id"]]
        self.add("Metrics", METRICS_ABOUT, [*fields, self.field(group.name, "GroupLabel", group.description)])
        self._where("MetricsWhere", "Conditions on metrics.", self._property_conditions(declared))
        self._order("MetricsOrder", "An order by a metric; what has no value for it is left out.", declared)

    def _filter(self, of: str, operators: dict[str, str]) -> None:
        fields = {key: (f"[{of}!]" if key == "in" else of, text) for key, text in operators.items()}
        self.add_input(f"{of}Filter", f"A condition on a value of type {of}; all that is given must hold.", fields)

    def _property_conditions(self, declared: dict[str, Property]) -> dict[str, tuple[str, str]]:
        return {item.name: (self._filter_of(item), item.description) for item in filterable(declared)}

    def _filter_of(self, item: Property) -> str:
        if item.kind is Kind.SOURCES:
            return "SourceWhere"
        if item.many:
            return "StringListFilter"
        return f"{item.enum.name if item.enum else SCALARS[item.kind]}Filter"

    def _where(self, name: str, description: str, fields: dict[str, tuple[str, str]]) -> None:
        logic = {
            "and": (f"[{name}!]", "All of these hold."),
            "or": (f"[{name}!]", "At least one of these holds."),
            "not": (name, "This does not hold."),
        }
        self.add_input(name, f"{description} All that is given must hold.", {**fields, **logic})

    def _order(
        self,
        name: str,
        description: str,
        declared: dict[str, Property],
        extra: dict[str, tuple[str, str]] | None = None,
    ) -> None:
        fields = {item.name: (SORT_DIRECTIONS.name, f"By {item.name}.") for item in sortable(declared)}
        self.add_input(name, f"{description} Give one field.", {**fields, **(extra or {})}, one_of=True)

    def _conditions(self, name: str) -> None:
        """The `Where` input of a type."""
        conditions = self._property_conditions(properties(self.model, name))
        if len(self.model.concrete(name)) > 1:
            conditions["type"] = ("EntityTypeFilter", "Its type.")
        if metrics(self.model, name):
            conditions[METRICS_FIELD] = ("MetricsWhere", METRICS_ABOUT)
        for item in link_fields(self.model, name).values():
            kind = f"{item.target}Where" if item.single else f"{link_family(item).prefix}Filter"
            conditions[item.name] = (kind, item.description)
        self._where(f"{name}Where", f"Conditions on {name}.", conditions)

    def _orders(self, family: Family) -> None:
        """The `Order` input of a list."""
        extra: dict[str, tuple[str, str]] = {}
        if family.is_linked:
            extra["link"] = (f"{family.link_prefix}Order", "By a property of the link itself.")
        if metrics(self.model, family.target):
            extra[METRICS_FIELD] = ("MetricsOrder", "By a metric; what has no value for it is left out.")
        declared = properties(self.model, family.target)
        self._order(f"{family.prefix}Order", f"An order of {family.target}.", declared, extra)

    def _quantifier(self, family: Family) -> None:
        where = f"{family.target}Where"
        self.add_input(
            f"{family.prefix}Filter",
            "A condition on what is linked; all that is given must hold. With no test at all: at least one is linked.",
            {
                "where": (where, "Look only at those that match."),
                "link": (f"{family.link_prefix}Where", "Look only at links that match."),
                "some": (where, "At least one matches."),
                "none": (where, "Not one matches."),
                "every": (where, "All match, or there are none."),
                "count": ("IntFilter", "How many there are."),
            },
        )

    def _connection(self, family: Family) -> None:
        node = self.field(
            "node", f"{family.target}!", "The entity at the other end." if family.is_linked else "The item."
        )
        edge: list[StrawberryField] = []
        if family.any_link:
            edge.append(self.field("type", "LinkType!", "The type of the link."))
            edge.append(self.field("direction", f"{DIRECTIONS.name}!", DIRECTIONS.description))
        if family.is_linked:
            edge.extend(map(self.value_field, link_properties(self.model, family.link).values()))
            edge.append(self.field(STATEMENTS_FIELD, f"[{STATEMENT.name}!]!", WHO_STATES))
            edge.append(self.value_field(WITHDRAWN))
        about = f"{family.target} with what the link says of it" if family.is_linked else family.target
        self.connection_type(family.prefix, node, f"One {about}, in a list.", edge)

    def connection_type(self, prefix: str, node: StrawberryField, about: str, more: Iterable[StrawberryField]) -> None:
        """Declare the connection and edge types of a list; `node` is the edge's field, `more` its other ones."""
        kind = next(kind for field, kind in self.made if field is node)
        cursor = self.field("cursor", "String!", "Where this edge stands, for after and before.")
        self.add(f"{prefix}Edge", about, [cursor, node, *more])
        self.add(
            f"{prefix}Connection",
            f"A list of {kind.removesuffix('!')}, a page at a time.",
            [
                self.field("totalCount", "Int!", "How many there are in all, over all pages."),
                *self._facets(kind),
                self.field("edges", f"[{prefix}Edge!]!", "This page's items, each with its cursor."),
                self.field("nodes", f"[{kind}]!", "This page's items."),
                self.field("pageInfo", "PageInfo!", "Where this page stands in the whole list."),
            ],
        )

    def _facets(self, kind: str) -> list[StrawberryField]:
        """The facets of a list of entities, whatever its page."""
        name = kind.removesuffix("!")
        if name not in self.model.types or not self.model.is_a(name, ANY_LINK_FAMILY.target):
            return []
        arguments = {"by": (f"[{FACET_BY.name}!]!", "What to divide it by.")}
        return [self.field("facets", f"[{FACET.name}!]!", "How the whole list is divided, over all pages.", arguments)]

    def value_field(self, item: Property) -> StrawberryField:
        """The output field of a property."""
        if item.kind is Kind.SOURCES:
            return self.field(item.name, "[Source!]!", item.description)
        kind = item.enum.name if item.enum else SCALARS[item.kind]
        if item.many:
            return self.field(item.name, f"[{kind}!]!", item.description)
        return self.field(item.name, f"{kind}!" if item.required else kind, item.description)

    def _list_arguments(self, family: Family) -> dict[str, tuple[str, str]]:
        link = {
            "link": (f"{family.link_prefix}Where", "Give only links that meet these conditions."),
            ACTIVE_IN: ("Int", ACTIVE_IN_TEXT),
        }
        return {
            **PAGE_ARGUMENTS,
            "where": (f"{family.target}Where", "Give only what meets these conditions."),
            **(link if family.is_linked else {}),
            "orderBy": (
                f"[{family.prefix}Order!]",
                "The order, most important first; by name when not given. Ties are broken by id.",
            ),
            **self._withdrawn_too(family.target),
        }

    def _withdrawn_too(self, name: str) -> dict[str, tuple[str, str]]:
        """The argument of what can be withdrawn: sources never are."""
        return {INCLUDE_WITHDRAWN: WITHDRAWN_TOO} if self.model.is_a(name, ANY_LINK_FAMILY.target) else {}

    def _node(self, name: str, *, is_interface: bool) -> None:
        declared = self.model.types[name]
        fields = [self.value_field(item) for item in self.model.properties_of(name)]
        if self.model.metrics_of(name):
            fields.append(self.field(METRICS_FIELD, "Metrics", f"{METRICS_ABOUT} Null before its first analysis."))
        for item in self.model.link_fields(name):
            if item.single:
                fields.append(self.field(item.name, item.target, item.description))
            else:
                family = link_family(item)
                arguments = self._list_arguments(family)
                kind = f"{family.prefix}Connection!"
                fields.append(self.field(item.name, kind, item.description, arguments, DEFAULTS))
        if self.model.is_a(name, ANY_LINK_FAMILY.target):
            fields.append(self._any_link_field())
            fields.append(self.value_field(WITHDRAWN))
        fields.extend(question_field(self, item, PAGE_ARGUMENTS) for item in questions_of(self.model, name).values())
        bases = tuple(self.namespace[parent] for parent in reversed((NODE_INTERFACE, *self.model.labels(name)[:-1])))
        self.add(name, declared.description, fields, bases, is_interface=is_interface)

    def _any_link_field(self) -> StrawberryField:
        arguments = {
            "types": ("[LinkType!]", "Only links of these types."),
            "direction": (DIRECTIONS.name, "Only links that point this way; both ways when not given."),
            **self._list_arguments(ANY_LINK_FAMILY),
        }
        text = "Its links of every type, in both directions."
        return self.field(LINKS_FIELD, "LinkConnection!", text, arguments, DEFAULTS)

    def _query(self) -> type:
        one = {"id": ("ID!", "Its id.")}
        any_one = {**one, INCLUDE_WITHDRAWN: WITHDRAWN_TOO}
        fields = [
            self.field(
                "node", NODE_INTERFACE, "Anything by its id; null where there is no such id.", any_one, DEFAULTS
            ),
            self.field(
                "nodes",
                f"[{NODE_INTERFACE}]!",
                f"Several things by their ids (at most {MAX_PAGE}), in the order asked; null where an id is not known.",
                {"ids": ("[ID!]!", "Their ids."), INCLUDE_WITHDRAWN: WITHDRAWN_TOO},
                DEFAULTS,
            ),
        ]
        for root in roots(self.model).values():
            declared = self.model.types[root.target]
            if root.many:
                arguments = self._list_arguments(root_family(root.target))
                text = f"All {declared.plural.replace('_', ' ')}. {declared.description}"
                fields.append(self.field(root.name, f"{root.target}Connection!", text, arguments, DEFAULTS))
            else:
                text = f"One {root.target} by its id; null where there is none of that type."
                arguments = {**one, **self._withdrawn_too(root.target)}
                fields.append(self.field(root.name, root.target, text, arguments, DEFAULTS))
        fields.extend(question_field(self, item, PAGE_ARGUMENTS) for item in questions_of(self.model, ROOT).values())
        text = "How often a load has changed the graph: as long as it stays the same, so do all answers."
        fields.append(self.field(REVISION_FIELD, "Int!", text))
        return self.add("Query", "What can be asked of the graph.", fields)


def _python_notation(kind: str) -> str:
    """`[Topsector!]!` → `list[Topsector]`, `Int` → `Int | None`."""
    required = kind.endswith("!")
    kind = kind.removesuffix("!")
    plain = f"list[{_python_notation(kind[1:-1])}]" if kind.startswith("[") else kind
    return plain if required else f"{plain} | None"


def build_schema(model: Model, extensions: Sequence[Callable[[], SchemaExtension]] = ()) -> strawberry.Schema:
    """The GraphQL schema of `model`, as a Strawberry schema whose requests `extensions` answer."""
    return SchemaBuilder(model).build(extensions)
