"""The public GraphQL schema: Strawberry types made from the model.

The types carry names, arguments and descriptions; what a field means is known to `api.compiler`, which
answers whole requests, so no field has a resolver.
"""

from collections.abc import Callable, Iterable, Sequence

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.field import StrawberryField

from api.facets import BY as FACET_BY
from api.facets import FACET, facet_enum
from api.inputs import EQUAL, METRICS_ABOUT, SCALAR_FILTERS, Inputs
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
    link_family,
    link_properties,
    metrics,
    root_family,
    roots,
)
from graph.modelling import Model

ACTIVE_IN_TEXT = "Only links that held in this year; an unknown start or end counts as open."
WITHDRAWN_TOO = ("Boolean", "Give withdrawn ones too, which no file states any more; `withdrawnOn` tells them.")
DEFAULTS = {INCLUDE_WITHDRAWN: False}
PAGE_ARGUMENTS = {
    "first": ("Int", f"How many to give from the start, at most {MAX_PAGE}; with neither first nor last, {MAX_PAGE}."),
    "after": ("String", "Give what comes after this cursor."),
    "last": ("Int", f"How many to give from the end, at most {MAX_PAGE}."),
    "before": ("String", "Give what comes before this cursor."),
}


class QuietSchema(strawberry.Schema):
    """A schema that leaves the logging of errors to the web application: most are the client's own."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""


class SchemaBuilder(Inputs):
    """Makes the Strawberry types of one model; `namespace` holds each under its GraphQL name."""

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


def build_schema(model: Model, extensions: Sequence[Callable[[], SchemaExtension]] = ()) -> strawberry.Schema:
    """The GraphQL schema of `model`, as a Strawberry schema whose requests `extensions` answer."""
    return SchemaBuilder(model).build(extensions)
