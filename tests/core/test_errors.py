"""Errors that end nothing leave their text and hold nothing."""

from __future__ import annotations

import logging

from lithode.core.errors import log_mistake


def test_a_logged_mistake_holds_no_frames(caplog):
    try:
        raise ValueError("no such column")
    except ValueError:
        log_mistake(logging.getLogger("lithode"), "no findings")
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("no findings\nTraceback")
    assert "ValueError: no such column" in record.getMessage()
