"""Small parts: media types, settings, markup, and where the service refuses to start."""

import inspect
import re
import socket

import pytest

import forecast
from api import settings
from api.markup import Markup, element, paragraphs, prose
from api.media import negotiate
from api.serve import serve
from api.settings import Settings, read_settings

OFFERED = ("application/json", "text/csv")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*;q=0.2, */*;q=0.1", "text/csv"),
        ("application/json;q=0.1, text/csv;q=0.2", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.5", "application/json"),
        ("application/json;q=0", None),
        ("*/*, application/json;q=0", "text/csv"),
        ("image/png", None),
        ("text/csv;header=present;q=0.4", "text/csv"),
        ("text/csv;q=much", None),
        (", ,", None),
        ("*/*;q=0", None),
    ],
)
def test_negotiation_rfc_9110(accept, chosen):
    assert negotiate(accept, OFFERED) == chosen


def test_settings_are_read_with_defaults_for_the_rest():
    assert read_settings({}) == Settings()
    assert read_settings({"TRADEWIND_QUEUE": "3", "TRADEWIND_KEPT_MIB": " 1 "}) == Settings(queue=3, kept_bytes=1 << 20)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRADEWIND_QUEUE", "-1"),
        ("TRADEWIND_QUEUE", "many"),
        ("TRADEWIND_TIME_LIMIT_S", "0"),
        ("TRADEWIND_TIME_LIMIT_S", "1.5"),
        ("TRADEWIND_KEPT_MIB", "9" * 30),
        ("TRADEWIND_QUEUE", "٣"),
    ],
)
def test_settings_out_of_range_name_the_variable(name, value):
    with pytest.raises(ValueError, match=name):
        read_settings({name: value})


def test_every_setting_is_documented():
    documented = re.findall(r"TRADEWIND_\w+", settings.__doc__)
    read = re.findall(r'"(TRADEWIND_\w+)"', inspect.getsource(settings.read_settings))
    assert read
    assert documented == read


def test_markup_escapes_text_and_attributes():
    written = element("p", "<b>&", Markup("<i>x</i>"), class_='"><script>', aria_label="a")
    assert written == '<p class="&quot;&gt;&lt;script&gt;" aria-label="a">&lt;b&gt;&amp;<i>x</i></p>'
    assert prose("a `<x>` **b** <c>") == "a <code>&lt;x&gt;</code> <strong>b</strong> &lt;c&gt;"
    assert paragraphs("one\ntwo\n\nthree") == "<p>one two</p><p>three</p>"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "", "127.0.0.1.example.org"])
def test_a_public_address_is_refused(host):
    with pytest.raises(forecast.InputError, match="not a loopback address") as refused:
        serve(host, 8000)
    assert refused.value.pointer == "--host"
    assert "127.0.0.1" in refused.value.allowed


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_impossible_port_is_refused(port):
    with pytest.raises(forecast.InputError, match="1 to 65535"):
        serve("127.0.0.1", port)


def test_a_taken_port_is_refused_by_name():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(forecast.InputError, match="Cannot serve on"):
            serve("localhost", taken.getsockname()[1])


def test_an_unreadable_setting_is_refused_before_the_start(monkeypatch):
    monkeypatch.setenv("TRADEWIND_QUEUE", "many")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(forecast.InputError, match="TRADEWIND_QUEUE"):
        serve("127.0.0.1", port)
