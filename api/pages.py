"""The front page: what this is, how to ask, where to read on."""

from __future__ import annotations

import json
import re

from api.markup import Markup, element, join, page, prose
from api.wire import FLAGSHIP

TAGLINE = "Bands, sums and probabilities for bilateral trade, under named scenarios."
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?")
_GIVES = (
    ("Bands", "of every month and every calendar year, with what is already known of a year counted in."),
    ("Probabilities", "of any mark you name, with and without a crisis, and the month in which it is first reached."),
    ("Scenarios", "for the oil price and for crises, named or your own, all from the same simulated futures."),
    ("Only what was known", "on the day you name: a question as of 2018 sees no figure printed later."),
)


def masthead(version: str, current: str) -> Markup:
    """The bar on top of every page."""
    links = [
        element("a", name, href=address, **({"aria_current": "page"} if address == current else {}))
        for address, name in (("/docs", "Documentation"), ("/openapi.json", "OpenAPI"))
    ]
    brand = element("a", "Tradewind", class_="brand", href="/")
    return element(
        "header",
        element("div", brand, element("span", version, class_="version"), class_="name"),
        element("nav", *links, aria_label="Main"),
        class_="masthead",
    )


def home(version: str, host: str) -> bytes:
    """The front page, with commands that name the host it was asked under."""
    base = f"http://{host}" if _HOST.fullmatch(host) else "http://127.0.0.1:8000"
    fields = [f"    {json.dumps(name)}: {_wrapped(value)}" for name, value in FLAGSHIP.items()]
    body = "{\n" + ",\n".join(fields) + "\n  }"
    ask = f"curl {base}/v1/forecasts \\\n  -H 'Content-Type: application/json' \\\n"
    command = f"{ask}  -d '{body}'"
    short = f"{ask}  -H 'Accept: text/csv' \\\n  -d '{{\"pair\": \"CHN-RUS\"}}'"
    content = element(
        "main",
        element(
            "section",
            element("h1", "How likely is it that two countries trade this much by then?"),
            element(
                "p",
                prose(
                    "It is 12 October 2018. Will trade between China and Russia reach **100 billion dollars** this "
                    "year? In which month? What if the oil price falls to 45, or a crisis like that of 2008 begins?"
                ),
                class_="lead",
            ),
            element("p", "Tradewind answers such questions with odds, from published customs figures."),
            class_="hero",
        ),
        element(
            "section",
            element("h2", "Ask it", id="ask"),
            element("pre", element("code", command), tabindex="0", aria_label="A question, as a curl command"),
            element("p", prose("Only `pair` is required. The same as a table, for a spreadsheet:")),
            element("pre", element("code", short), tabindex="0", aria_label="A short question, as a curl command"),
            aria_labelledby="ask",
        ),
        element(
            "section",
            element("h2", "What comes back", id="answer"),
            element(
                "dl",
                *(join([element("div", element("dt", name), element("dd", text))]) for name, text in _GIVES),
                class_="gives",
            ),
            element(
                "p",
                prose("Every field, every error and more examples: "),
                element("a", "documentation", href="/docs"),
                ".",
            ),
            aria_labelledby="answer",
        ),
        id="content",
    )
    return page("Tradewind", masthead(version, "/"), content, description=TAGLINE)


def _wrapped(value: object) -> str:
    """JSON on one line, but a list of objects with one object a line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"      {json.dumps(item)}" for item in value) + "\n    ]"
    return json.dumps(value)
