"""The pages of reference in docs/, written from what they describe: `python -m graph.reference`."""

from collections.abc import Iterable
from pathlib import Path

from graph.model import COORDINATES, LINK_ENDS, LINKS_FILE, MODEL
from graph.modelling import AnyType, Direction, Heading, Interface, Kind, Model, Property
from graph.settings import table

DOCS = Path(__file__).parent.parent / "docs"
PROPERTY_HEADS = ("property", "values", "what it is", "also called in files")
NOTE = "<!-- Written by `make docs`; change what it describes instead. -->"
ARROWS = {Direction.OUTGOING: "→", Direction.INCOMING: "←", Direction.BOTH: "↔"}


def settings_page() -> str:
    """Every setting, as Markdown."""
    rows = [(f"`{row.name}`", f"`{row.default}`" if row.default else "", row.help) for row in table()]
    return _page(
        "Settings",
        "All settings are environment variables; an empty one counts as not set.",
        _table(("variable", "default", "what it is"), rows),
    )


def model_page(model: Model) -> str:
    """Every node type, link type and enum, as Markdown."""
    parts = ["## Nodes"]
    for declared in model.types.values():
        parts += [f"### {declared.name}", _about(declared, model)]
        own = [_property_row(item) for item in declared.properties]
        if own:
            parts.append(_table(PROPERTY_HEADS, own))
        seen = [
            (f"`{item.name}`", f"{ARROWS[item.direction]} `{item.link.name}`", f"`{item.target}`", item.description)
            for item in model.link_fields(declared.name)
        ]
        if seen:
            parts.append(_table(("field", "link", "leads to", "what it is"), seen))
    parts += ["## Links", "Every link has:"]
    parts.append(_table(PROPERTY_HEADS, map(_property_row, model.link_properties)))
    for link in model.links:
        ends = [(" or ".join(f"`{name}`" for name in item.source), f"`{item.target}`") for item in link.ends]
        parts += [f"### {link.name}", link.description, _table(("from", "to"), dict.fromkeys(ends))]
        if link.properties:
            parts.append(_table(PROPERTY_HEADS, map(_property_row, link.properties)))
    parts += [
        "## Columns beside properties",
        f"A file of links may begin with {_listed(LINKS_FILE)} as well as `links`. It has the first three; a point "
        "stands in the other two.",
        _table(("column", "what it is", "also called"), map(_heading_row, (*LINK_ENDS, *COORDINATES))),
    ]
    parts.append("## Values")
    for enum in model.enums():
        values = ((f"`{name}`", enum.dutch.get(name, ""), meaning) for name, meaning in enum.values.items())
        parts += [f"### {enum.name}", enum.description, _table(("value", "in Dutch files", "meaning"), values)]
    return _page("The model", "What the graph holds, as `graph/model.py` declares it.", *parts)


def pages() -> dict[Path, str]:
    """The text of every page, by its file."""
    return {DOCS / "settings.md": settings_page(), DOCS / "model.md": model_page(MODEL)}


def _about(declared: AnyType, model: Model) -> str:
    parents = f" Has all that `{declared.interfaces[0]}` has." if declared.interfaces else ""
    if isinstance(declared, Interface):
        kinds = ", ".join(f"`{node.name}`" for node in model.concrete(declared.name))
        return f"{declared.description}{parents} It is one of: {kinds}."
    labels = ":".join(model.labels(declared.name))
    also = f" (also {_listed(declared.file_names)})" if declared.file_names else ""
    return f"{declared.description}{parents} Its file is `data/{declared.plural}.csv`{also}, its labels `:{labels}`."


def _property_row(item: Property) -> tuple[str, str, str, str]:
    values = f"`{item.enum.name}`" if item.enum else item.kind.name.lower()
    if item.many and item.kind is not Kind.SOURCES:
        values = f"several: {values}"
    return f"`{item.name}`", values + (", required" if item.required else ""), item.description, _listed(item.headings)


def _heading_row(item: Heading) -> tuple[str, str, str]:
    return f"`{item.name}`", item.description, _listed(item.others)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", NOTE, *parts)) + "\n"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (heads, tuple("---" for _ in heads), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, "utf-8")
