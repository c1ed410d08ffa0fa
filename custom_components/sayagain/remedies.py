"""Remedies of failing requests as repair issues of Home Assistant."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN

__all__ = ["delete_remedies", "report_remedies"]

_LEAST_TIMES = 3
"""Least failures of a request in a week that are worth a repair."""

_MOST_ISSUES = 5
"""Most issues at a time."""

_MISHEARD = "asr"
"""The stage that nothing in the settings of Home Assistant mends, and that a typed request never fails at."""


def report_remedies(hass: HomeAssistant, causes: Iterable[Mapping[str, Any]]) -> None:
    """Report requests that fail again and again, with what to do about each; delete the issues of those that do not."""
    mendable = [cause for cause in causes if cause["remedy"] and cause["stage"] != _MISHEARD]
    worst = [cause for cause in mendable if cause["times"] >= _LEAST_TIMES]
    issues = {_issue_id(cause): cause for cause in worst[:_MOST_ISSUES]}
    for issue_id, cause in issues.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="remedy",
            translation_placeholders={
                "words": cause["words"],
                "times": str(cause["times"]),
                "remedy": cause["remedy"],
            },
        )
    delete_remedies(hass, keep=issues.keys())


def delete_remedies(hass: HomeAssistant, keep: Iterable[str] = ()) -> None:
    """Delete our issues but for those to keep."""
    kept = set(keep)
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id not in kept:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_id(cause: Mapping[str, Any]) -> str:
    # Home Assistant keeps the ids of ignored issues on disk, which need not tell what was said.
    key = f"{cause['stage']} {cause['language']} {cause['words']}".encode()
    return f"remedy_{hashlib.sha256(key).hexdigest()[:16]}"
