"""The course of cases as PM4Py reads it. Skipped if it is not installed."""

from pathlib import Path

import pytest

from conftest import Runner
from exported import every, standing

__all__ = ["every"]


def test_pm4py_reads_both_formats(every: Path, call: Runner) -> None:
    pm4py = pytest.importorskip("pm4py")
    for file in ("log.xes", "log.json"):
        assert call("export", "--db", every, "-o", file).code == 0
    log = pm4py.read_xes(str(every.parent / "log.xes"))
    assert (len(log), log["case:concept:name"].nunique()) == (len(standing(every)), 12)
    ocel = pm4py.read_ocel2(str(every.parent / "log.json"))
    assert len(ocel.events) == len(log)
    assert ocel.objects["ocel:type"].nunique() == 6
