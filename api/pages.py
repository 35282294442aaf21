"""Pages rendered on the server: HTML in which every text is escaped."""

from html import escape

from starlette.responses import HTMLResponse

POLICY = {"content-security-policy": "default-src 'none'; style-src 'self'; img-src data:"}
"""A page runs no script, whatever a fact contains."""


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page in the look of the start page; `body` is HTML, `title` is not."""
    text = f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{escape(title)}</title>
    <link rel="stylesheet" href="/web/style.css" />
  </head>
  <body>
{body}
  </body>
</html>
"""
    return HTMLResponse(text, status, POLICY)
