"""Media types: which of the forms we can write does the client's Accept header prefer."""

from __future__ import annotations

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
PROBLEM = "application/problem+json"
HTML = "text/html"

FORMS = {JSON: "json", CSV: "csv", PARQUET: "parquet"}  #: media type -> the library's name of the form


def negotiate(accept: str, offered: tuple[str, ...]) -> str | None:
    """The offered type that the client likes best; the first offered wins a tie, None when it accepts none.

    The most specific range decides the weight of a type, and weight 0 refuses it. An empty header accepts all.

    Source: RFC 9110, section 12.5.1.
    """
    if not accept.strip():
        return offered[0]
    ranges = [_parse_range(text) for text in accept.split(",") if text.strip()]
    weights = [_weight(media_type, ranges) for media_type in offered]
    best = max(weights)
    return offered[weights.index(best)] if best > 0 else None


def _parse_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in text.lower().split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return name, 0.0
    return name, 1.0


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    family = media_type.partition("/")[0] + "/*"
    for pattern in (media_type, family, "*/*"):
        found = [weight for name, weight in ranges if name == pattern]
        if found:
            return max(found)
    return 0.0
