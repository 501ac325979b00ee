"""The OpenAPI document says what the service does, and the pages need nothing from outside."""

import json
import re
from html.parser import HTMLParser

import msgspec
import pytest
from jsonschema import Draft202012Validator
from litestar.routes import HTTPRoute

import forecast
from api.problems import KINDS
from api.wire import FLAGSHIP, Question

PAGES = ["/", "/docs"]
EMPTY = {"meta", "link", "br", "hr", "img"}


@pytest.fixture
def contract(service):
    return service.client.get("/openapi.json").json()


def test_every_route_of_version_1_is_documented_and_nothing_else(service, contract):
    served = {
        (route.path_format, method)
        for route in service.app.app.routes
        if isinstance(route, HTTPRoute) and (route.path.startswith("/v1") or route.path.endswith("z"))
        for method in route.methods
        if method != "OPTIONS"
    }
    written = {(path, method.upper()) for path, item in contract["paths"].items() for method in item}
    assert written == served


def test_every_reference_leads_somewhere(contract):
    for address in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(contract)):
        found = contract
        for step in address.split("/"):
            found = found[step]
        assert found


def test_operation_ids_are_unique(contract):
    ids = [operation["operationId"] for item in contract["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids)
    assert contract["openapi"].startswith("3.1.")
    assert contract["info"]["version"] == forecast.__version__


def test_the_documented_question_has_the_fields_of_the_real_one(contract):
    schema = contract["components"]["schemas"]["Question"]
    assert list(schema["properties"]) == list(forecast.Question.__dataclass_fields__)
    assert schema["required"] == ["pair"]
    assert all(field.get("description") for field in schema["properties"].values())


def test_the_documented_defaults_are_the_real_ones():
    documented, real = Question(pair="CHN-RUS"), forecast.parse_question({"pair": "CHN-RUS"})
    for name in ("model", "levels", "seed", "paths", "scenarios", "targets"):
        assert getattr(documented, name) == getattr(real, name)


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("Question", {"zzz": 1}),
        ("Target", {"targets": [{"zzz": 1}]}),
        ("Scenario", {"scenarios": [{"zzz": 1}]}),
        ("PathCondition", {"scenarios": [{"name": "x", "conditions": [{"kind": "path", "zzz": 1}]}]}),
        ("CrisisCondition", {"scenarios": [{"name": "x", "conditions": [{"kind": "crisis", "zzz": 1}]}]}),
    ],
)
def test_documented_fields_are_those_the_library_reads(contract, shape, body):
    with pytest.raises(forecast.SchemaError, match="zzz") as refused:
        forecast.parse_question({"pair": "CHN-RUS", **body})
    assert set(refused.value.allowed) == set(contract["components"]["schemas"][shape]["properties"])


@pytest.mark.parametrize(
    ("field", "inside", "outside"),
    [
        ("paths", 100, 99),
        ("paths", 200_000, 200_001),
        ("seed", 2**53, 2**53 + 1),
        ("levels", [1, 99], [100]),
        ("levels", [50] * 10, [50] * 11),
        ("model", "structural", "magic"),
        ("scenarios", ["baseline"], [f"s{i}" for i in range(21)]),
        ("targets", [{"at_least": 1, "span": "2018"}], [{"at_least": 0, "span": "2018"}]),
    ],
)
def test_documented_limits_are_the_real_ones(field, inside, outside):
    for body, fine in (({"pair": "CHN-RUS", field: inside}, True), ({"pair": "CHN-RUS", field: outside}, False)):
        for read in (lambda body: msgspec.convert(body, Question), forecast.parse_question):
            if fine:
                read(body)
            else:
                with pytest.raises((msgspec.ValidationError, forecast.InputError)):
                    read(body)


@pytest.mark.parametrize(
    ("scenario", "fine"),
    [
        ({"name": "a-1"}, True),
        ({"name": "A"}, False),
        *(
            ({"name": "x", "conditions": [{"kind": "crisis", "start": start}]}, fine)
            for start, fine in (("2019-01", True), ("next-january", True), ("next-june", False))
        ),
        ({"name": "x", "conditions": [{"kind": "path", "ramp_to": 45, "over_months": 6}]}, True),
        ({"name": "x", "conditions": [{"kind": "path", "ramp_to": 4500}]}, False),
        ({"name": "x", "conditions": [{"kind": "odds", "event": "oil >= 80 in 2019", "probability": 0.3}]}, True),
        ({"name": "x", "conditions": [{"kind": "odds", "event": "oil >= 80 in 2019", "probability": 1.3}]}, False),
        ({"name": "x", "conditions": [{"kind": "tariff", "flow": "exports", "to_percent": 25}]}, False),
    ],
)
def test_documented_scenarios_are_those_the_library_reads(contract, scenario, fine):
    """The library's own schema, cut into components, still says the same."""
    whole = {"$ref": "#/components/schemas/Scenario", "components": contract["components"]}
    assert Draft202012Validator(whole).is_valid(scenario) is fine
    if fine:
        forecast.parse_scenario(scenario)
    else:
        with pytest.raises(forecast.InputError):
            forecast.parse_scenario(scenario)


def test_examples_of_requests_are_understood(contract):
    body = contract["paths"]["/v1/forecasts"]["post"]["requestBody"]["content"]["application/json"]
    assert body["examples"]["flagship"]["value"] == FLAGSHIP
    for example in body["examples"].values():
        forecast.parse_question(example["value"])
        msgspec.convert(example["value"], Question)


def test_problems_are_documented_with_their_media_type(contract):
    responses = contract["paths"]["/v1/forecasts"]["post"]["responses"]
    assert set(responses) == {"200", "400", "404", "406", "409", "413", "415", "422", "500", "503"}
    assert set(responses["200"]["content"]) == {"application/json", "text/csv", "application/vnd.apache.parquet"}
    for status, response in responses.items():
        if status != "200":
            examples = response["content"]["application/problem+json"]["examples"]
            assert all(example["value"]["status"] == int(status) for example in examples.values())


class Reader(HTMLParser):
    """Collects what a page refers to, and whether its elements close."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in EMPTY:
            self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.tags.pop() == tag


def read_page(page: str) -> Reader:
    """A page, taken apart."""
    reader = Reader()
    reader.feed(page)
    assert reader.tags == []
    return reader


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_need_no_script_and_no_outside(service, path):
    answer = service.client.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = read_page(answer.text)
    assert "script" not in page.seen
    assert "style" not in page.attributes
    assert all(address.startswith(("/", "#")) and not address.startswith("//") for address in page.addresses)
    assert len(set(page.ids)) == len(page.ids)
    assert {"html", "title", "main", "h1", "nav"} <= page.seen


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(service, path):
    page = read_page(service.client.get(path).text)
    for address in page.addresses:
        if address.startswith("#"):
            assert address[1:] in page.ids
        else:
            assert service.client.get(address).status_code == 200


def test_static_files_name_no_outside_address():
    from api.app import _STATIC

    for file in _STATIC.iterdir():
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text
        assert "@import" not in text
        assert "url(" not in text


def test_the_documentation_shows_every_operation_shape_and_problem(service, contract):
    page = read_page(service.client.get("/docs").text)
    ids = set(page.ids)
    assert {f"shape-{name}" for name in contract["components"]["schemas"]} <= ids
    assert {f"problem-{code}" for code in KINDS} <= ids
    assert {operation["operationId"] for item in contract["paths"].values() for operation in item.values()} <= ids


@pytest.mark.parametrize("code", KINDS)
def test_the_type_of_a_problem_leads_to_its_entry(service, code):
    answer = service.client.get(f"/problems/{code}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/docs#problem-{code}"


def test_an_unknown_kind_of_problem(service):
    assert service.client.get("/problems/nothing").json()["code"] == "not-found"


@pytest.mark.parametrize(
    ("host", "shown"),
    [("trade.example:8080", "http://trade.example:8080/"), ("[::1]:9000", "http://[::1]:9000/")],
)
def test_the_front_page_names_the_host_it_was_asked_under(service, host, shown):
    assert shown in service.client.get("/", headers={"host": host}).text


@pytest.mark.parametrize("host", ["<script>", "a b", "x;rm -rf", "'", "a/b"])
def test_a_strange_host_is_not_shown(service, host):
    answer = service.client.get("/", headers={"host": host})
    assert f"http://{host}" not in answer.text
    assert answer.status_code == 400 or "http://127.0.0.1:8000/" in answer.text


def test_the_command_on_the_front_page_holds_the_flagship(service):
    page = service.client.get("/").text
    shown = page.split("-d '", 1)[1].split("'</code>", 1)[0]
    assert json.loads(shown) == FLAGSHIP
