"""Sums the attacks up: `pytest -p tests.attacks.report ...` writes _build/bench/attacks.json."""

import json
from pathlib import Path

import pytest

from tests.attacks import corpus

TARGET = Path(__file__).parents[2] / "_build/bench/attacks.json"
found: list[dict] = []


@pytest.hookimpl
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    path, _, test = report.nodeid.partition("::")
    if report.when == "call" and test.startswith("test_an_attack"):
        kind = {"test_escape.py": "escape", "test_exhaust.py": "exhaust"}.get(Path(path).name, "")
        case = test[test.index("[") + 1:-1]
        name = max((name for name in corpus.names(kind) if name in case), key=len) if kind else case.partition("-")[2]
        kind = kind or case.partition("-")[0]
        found.append({"kind": kind, "name": name, "tries": corpus.tries(kind, name), "held": report.passed,
                      "seconds": round(report.duration, 2), **dict(report.user_properties)})


def pytest_sessionfinish() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps({"attacks": len(found), "held": sum(entry["held"] for entry in found),
                                  "entries": found}, indent=1) + "\n", encoding="utf-8")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"{sum(entry['held'] for entry in found)} of {len(found)} attacks were held; "
                                f"{TARGET.relative_to(Path.cwd())} says what each tried")
