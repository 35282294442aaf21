"""The quality of the graph's facts at /quality: a page for people, and the same for machines at /quality.json."""

import asyncio
from html import escape

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from api.entity import link
from api.errors import Code, QueryError
from api.http import JSON, formatted, status_of
from api.pages import page
from api.reader import Reader
from api.revision import Watcher
from graph.checks import SOURCE, checks
from graph.errors import OperatorError
from graph.modelling import Model
from graph.quality import Check, Example, Finding, Group, Report, Subject, report

TITLE = "The quality of the facts"


class Quality:
    """Knows the report on the graph's current revision: it is made once, however many ask for it."""

    def __init__(self, model: Model, reader: Reader, watcher: Watcher) -> None:
        self.checks = checks(model)
        self.reader = reader
        self.watcher = watcher
        self.mark: str | None = None
        self.known: Report | None = None
        self.making = asyncio.Lock()

    async def report(self) -> Report:
        """The report. Raises QueryError."""
        async with self.making:
            mark = self.watcher.mark
            if self.known is None or mark is None or mark != self.mark:
                self.known, self.mark = report([await self._finding(check) for check in self.checks]), mark
            return self.known

    async def _finding(self, check: Check) -> Finding:
        """What a check found; comparing all organisations takes seconds, in which others go on."""
        value = await self.reader.row(check.statement, {})
        try:
            return await asyncio.to_thread(check.finding, value)
        except OperatorError as error:
            raise QueryError(str(error), Code.INTERNAL) from error


def add_routes(app: FastAPI) -> None:
    """Declare the two addresses."""

    @app.get("/quality", summary="What is wrong or thin in the facts, as a page", response_class=HTMLResponse)
    async def quality(request: Request) -> HTMLResponse:
        try:
            return page(TITLE, body(await _report(request)))
        except QueryError as error:
            return page(TITLE, f"<h1>{TITLE}</h1><p>{escape(error.message)}</p>", status_of(error))

    @app.get("/quality.json", summary="What is wrong or thin in the facts")
    async def quality_json(request: Request) -> Response:
        try:
            return Response(orjson.dumps(await _report(request)), media_type=JSON)
        except QueryError as error:
            return Response(orjson.dumps({"errors": [formatted(error)]}), status_of(error), media_type=JSON)


async def _report(request: Request) -> Report:
    known: Quality = request.app.state.quality
    return await known.report()


def body(found: Report) -> str:
    """The report as HTML."""
    said = f"{found.errors:,} errors and {found.warnings:,} warnings"
    return f"""
<h1>{TITLE}</h1>
<p>{said}. An error breaks the model; a warning is thin or doubtful. For machines: <a href="/quality.json">as JSON</a>;
<a href="/">start</a>.</p>
{"".join(map(_finding, found.findings))}
"""


def _finding(finding: Finding) -> str:
    share, total = f"{finding.count:,} of {finding.total:,}", finding.total
    return f"""
<section id="{finding.code}">
  <h2>{escape(finding.sentence)}</h2>
  <p><span class="{finding.severity}">{finding.severity}</span> · {share}
    <meter max="{total}" low="{total / 10}" high="{total / 2}" optimum="0" value="{finding.count}">{share}</meter></p>
  <p>{escape(finding.remedy)} <a class="small" href="#{finding.code}">{finding.code}</a></p>
  {"".join(map(_group, finding.groups))}
</section>"""


def _group(group: Group) -> str:
    title = f"{escape(group.type)}: {group.count:,}"
    if not group.examples:
        return f"<p>{title}</p>"
    more = group.count - len(group.examples)
    rest = f"<li>… and {more:,} more</li>" if more else ""
    return f"<details><summary>{title}</summary><ul>{''.join(map(_example, group.examples))}{rest}</ul></details>"


def _example(example: Example) -> str:
    detail = f" ({escape(example.detail)})" if example.detail else ""
    return f"<li>{' – '.join(map(_subject, example.subjects))}{detail}</li>"


def _subject(subject: Subject) -> str:
    named = escape(subject.name) if subject.type == SOURCE else link(subject.id, subject.name)
    return f'{named} <span class="small">{escape(subject.id)}</span>'
