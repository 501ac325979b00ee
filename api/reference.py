"""The documentation page: the OpenAPI document as HTML that needs no script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from api.markup import Markup, element, join, page, paragraphs, prose
from api.pages import TAGLINE, masthead
from api.problems import KINDS

Json = Any  #: a part of the OpenAPI document


def reference(document: Json) -> bytes:
    """Operations, shapes and problems, with a table of contents."""
    operations = [
        (path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    schemas = document["components"]["schemas"]
    content = element(
        "main",
        element("h1", "Documentation"),
        paragraphs(document["info"]["description"]),
        _contents(operations, schemas),
        element("h2", "Operations", id="operations"),
        *(_operation(path, method, operation) for path, method, operation in operations),
        element("h2", "Shapes", id="shapes"),
        element("p", "What travels in requests and answers, in alphabetical order."),
        *(_shape(name, schema) for name, schema in schemas.items()),
        element("h2", "Problems", id="problems"),
        paragraphs(
            "Every error is an `application/problem+json` object (RFC 9457). Its `type` is the address of an entry "
            "below, its `errors` say where the request is wrong, and its `request_id` names it in the log."
        ),
        _problems(),
        id="content",
    )
    version = document["info"]["version"]
    return page("Tradewind documentation", masthead(version, "/docs"), content, description=TAGLINE)


def _contents(operations: list[tuple[str, str, Json]], schemas: Json) -> Markup:
    rows = [
        element(
            "li",
            element("a", _verb(method), element("code", path), href=f"#{operation['operationId']}"),
            " ",
            element("span", operation["summary"], class_="quiet"),
        )
        for path, method, operation in operations
    ]
    shapes = [element("li", element("a", name, href=f"#shape-{name}")) for name in schemas]
    return element(
        "nav",
        element("ul", *rows, class_="index"),
        element("details", element("summary", f"{len(shapes)} shapes"), element("ul", *shapes, class_="columns")),
        element("p", element("a", "Problems", href="#problems")),
        class_="contents",
        aria_label="On this page",
    )


def _operation(path: str, method: str, operation: Json) -> Markup:
    name = operation["operationId"]
    parts = [
        element("h3", _verb(method), element("code", path), id=name),
        element("p", operation["summary"], class_="lead"),
        paragraphs(operation["description"]),
    ]
    if "requestBody" in operation:
        for media_type, content in operation["requestBody"]["content"].items():
            parts.append(
                element("p", element("strong", "Body: "), _kind(content["schema"]), " as ", element("code", media_type))
            )
            parts += [_example(example) for example in content["examples"].values()]
    parts.append(_responses(operation["responses"]))
    return element("section", *parts, class_="operation", aria_labelledby=name)


def _verb(method: str) -> Markup:
    return element("span", method.upper(), class_=f"verb {method}")


def _example(example: Json) -> Markup:
    text = json.dumps(example["value"], indent=2, ensure_ascii=False)
    return element(
        "details",
        element("summary", f"Example: {example['summary']}"),
        element("pre", element("code", text), tabindex="0", aria_label=example["summary"]),
    )


def _responses(responses: Json) -> Markup:
    rows = []
    for status, response in responses.items():
        if status == "200":
            forms = [_form(media_type, content) for media_type, content in response["content"].items()]
            said = element("ul", *forms)
        else:
            codes = response["content"]["application/problem+json"]["examples"]
            said = element("ul", *(element("li", _problem_link(code), f" – {KINDS[code].title}") for code in codes))
        rows.append((element("strong", status), said))
    return _table(("Status", "Answer"), rows, "responses")


def _form(media_type: str, content: Json) -> Markup:
    schema = content.get("schema", {})
    shape = join((Markup(": "), _kind(schema))) if "$ref" in schema else Markup("")
    return element("li", element("code", media_type), shape)


def _problem_link(code: str) -> Markup:
    return element("a", element("code", code), href=f"#problem-{code}")


def _shape(name: str, schema: Json) -> Markup:
    fields = schema.get("properties", {})
    required = set(schema.get("required", ()))
    if required == set(fields):
        required = set()  # nothing to tell apart
    rows = [_field(field, part, field in required) for field, part in fields.items()]
    heads: tuple[str, ...] = ("Field", "Type", "Meaning")
    if not any(meaning for _, _, meaning in rows):
        heads, rows = heads[:2], [row[:2] for row in rows]
    return element(
        "section",
        element("h3", name, id=f"shape-{name}"),
        paragraphs(schema.get("description", "")),
        _table(heads, rows, "fields"),
        class_="shape",
        aria_labelledby=f"shape-{name}",
    )


def _field(name: str, schema: Json, required: bool) -> tuple[Markup, ...]:
    marks = [element("code", name)]
    if required:
        marks += [Markup(" "), element("span", "required", class_="mark")]
    said = [prose(schema.get("description", ""))]
    if "default" in schema:
        said.append(join((Markup(" "), "Default: ", element("code", json.dumps(schema["default"])), ".")))
    if "examples" in schema:
        written = [element("code", json.dumps(example)) for example in schema["examples"]]
        listed = [piece for mark in written for piece in (Markup(", "), mark)][1:]
        said.append(join((Markup(" "), "For example ", *listed, ".")))
    return join(marks), join((_kind(schema), _limits(schema))), join(said)


def _kind(schema: Json) -> Markup:
    match schema:
        case {"$ref": str(address)}:
            name = address.rpartition("/")[2]
            return element("a", name, href=f"#shape-{name}")
        case {"anyOf": list(choices)}:
            pieces = [piece for choice in choices for piece in (Markup(" or "), _kind(choice))]
            return join(pieces[1:])
        case {"const": value}:
            return element("code", json.dumps(value))
        case {"enum": list(values)}:
            pieces = [piece for value in values for piece in (Markup(" or "), element("code", json.dumps(value)))]
            return join(pieces[1:])
        case {"type": "array", "items": inner} if inner:
            return join((Markup("list of "), _plural(_kind(inner))))
        case {"type": "object", "additionalProperties": dict(inner)} if inner:
            return join((Markup("object of "), _plural(_kind(inner))))
        case {"type": "null"}:
            return Markup("null")
        case {"type": str(kind)}:
            return join(({"string": "text", "integer": "whole number"}.get(kind, kind),))
    return Markup("any value")


def _plural(kind: Markup) -> Markup:
    return Markup(kind + "s") if kind.endswith("number") else kind


def _limits(schema: Json) -> Markup:
    inner = schema.get("items") or schema
    low, high = inner.get("minimum"), inner.get("maximum")
    said = ""
    if low is not None and high is not None:
        said = f", {_figure(low)} to {_figure(high)}"
    elif "exclusiveMinimum" in inner:
        said = f", above {_figure(inner['exclusiveMinimum'])}"
    if "maxItems" in schema:
        said += f", {schema['maxItems']} at most"
    return join((said,))


def _figure(value: float) -> str:
    return f"{int(value) if value == int(value) else value:,}".replace("-", "−")


def _problems() -> Markup:
    rows = [
        (
            element("code", code, id=f"problem-{code}"),
            join((str(kind.status),)),
            join((element("strong", kind.title), ". ", prose(kind.meaning))),
        )
        for code, kind in KINDS.items()
    ]
    return _table(("Code", "Status", "Meaning"), rows, "problem-table")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[Markup, ...]], kind: str) -> Markup:
    written = [
        element("tr", *(element("td", cell, data_label=head) for head, cell in zip(heads, row, strict=True)))
        for row in rows
    ]
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    return element("table", head, element("tbody", *written), class_=kind)
