"""The history file."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.output.history import HistoryWriter, read_history


def write(path, times, resume_time=None):
    writer = HistoryWriter(path, resume_time)
    for time in times:
        writer.write(time, {"tip_height [um]": np.float64(time / 3), "rejected": 0})
    writer.close()


def test_round_trip_is_exact(tmp_path):
    path = tmp_path / "history.csv"
    write(path, [0.1, np.pi, 1e-300])
    assert path.read_text().splitlines()[:2] == [
        "time [s],tip_height [um],rejected",
        "0.1,0.03333333333333333,0.0",
    ]
    history = read_history(path)
    assert list(history) == ["time [s]", "tip_height [um]", "rejected"]
    np.testing.assert_array_equal(history["tip_height [um]"], history["time [s]"] / 3)


def test_rows_can_be_read_while_the_file_is_open(tmp_path):
    writer = HistoryWriter(tmp_path / "history.csv")
    writer.write(1.0, {"a [1]": np.nan})
    assert np.isnan(read_history(tmp_path / "history.csv")["a [1]"]).all()
    writer.close()


def test_resume_drops_later_rows_and_half_lines(tmp_path):
    path = tmp_path / "history.csv"
    write(path, [0.1, 0.2, 0.1 + 0.2, 0.4])
    with path.open("a") as file:
        file.write("0.5,1.")
    assert read_history(path)["time [s]"][-1] == 0.4
    write(path, [0.35], resume_time=0.1 + 0.2)
    np.testing.assert_array_equal(read_history(path)["time [s]"], [0.1, 0.2, 0.1 + 0.2, 0.35])


def test_resume_of_a_lost_or_empty_file_starts_anew(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        write(tmp_path / "lost.csv", [2.0], resume_time=1.0)
    assert "starts again" in caplog.text
    (tmp_path / "empty.csv").touch()
    write(tmp_path / "empty.csv", [2.0], resume_time=1.0)
    for name in ("lost.csv", "empty.csv"):
        np.testing.assert_array_equal(read_history(tmp_path / name)["time [s]"], [2.0])


def test_empty_history_has_no_rows(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("time [s],a\n")
    assert read_history(path)["a"].shape == (0,)


@pytest.mark.parametrize(
    "text", ["hello\n", "time [s],a\n1,2,3\n", "time [s],a\n1,x\n", "\xff\xfe"]
)
def test_foreign_file_is_an_input_error(tmp_path, text):
    path = tmp_path / "history.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="history = "):
        read_history(path)
    with pytest.raises(InputError, match="history = "):
        HistoryWriter(path, 1.0)
    with pytest.raises(InputError, match="cannot be read"):
        read_history(tmp_path / "none.csv")


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "history.csv"
    write(path, [1.0])
    writer = HistoryWriter(path, 1.0)
    with pytest.raises(InputError, match=r"other columns \(rejected\)"):
        writer.write(2.0, {"tip_height [um]": 0.0})
    writer.close()
