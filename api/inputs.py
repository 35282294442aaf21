"""The inputs of lists: conditions and orders, made from the model."""

from api.declarations import SCALARS, Declarations
from api.vocabulary import (
    METRICS_FIELD,
    SORT_DIRECTIONS,
    Family,
    filterable,
    link_family,
    link_fields,
    metrics,
    properties,
    sortable,
)
from graph.modelling import Kind, Property

METRICS_ABOUT = "What the last analysis of the whole network says of it."
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
    "Boolean": EQUAL,
    "Int": ORDERED,
    "Float": ORDERED,
    "Date": ORDERED,
}


class Inputs(Declarations):
    """Declares `Where`, `Order` and `Filter` inputs."""

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
