"""What every test stands on: quiet threads, repeatable examples, and no silent skip in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
IN_CI = os.environ.get("TRADEWIND_CI") == "1"

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is first imported, later than this

settings.register_profile("tradewind", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tradewind")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of raw figures beside the checkout; mark the test ``shared``."""
    return SHARED_DATA


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked ``shared`` is skipped where the raw figures are absent, and fails there in CI."""
    if item.get_closest_marker("shared") is None or SHARED_DATA.is_dir():
        return
    message = "the folder shared/data does not stand beside the checkout"
    if IN_CI:
        pytest.fail(f"{message}, but in CI it must", pytrace=False)
    pytest.skip(message)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run: something was not checked."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not IN_CI or reporter is None:
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line("")
        reporter.write_line(f"{len(skipped)} skipped: in CI every test must run", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
