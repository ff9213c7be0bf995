"""Rules by which communities check drafts; Zenodo's team sets them up."""

from typing import Any

from control import Invalid, Json
from flask import Flask
from invenio_checks.models import CheckConfig, CheckRun, Severity
from invenio_communities.proxies import current_communities
from invenio_db import db


def replace_checks(app: Flask, checks: Json) -> list[Any]:
    """Replace all checks.

    Parameters
    ----------
    app
        The application, which knows the database.
    checks
        Mappings with `community` (its slug), `check` (`metadata` or `file_formats`),
        `severity` (`info`, `warning` or `error`) and `params` as the check expects them.
    """
    levels = {level.error_value: level for level in Severity}
    with app.app_context():
        CheckRun.query.delete()
        CheckConfig.query.delete()
        for check in checks:
            try:
                slug, kind, level = check["community"], check["check"], levels[check["severity"]]
                params = check["params"]
            except (KeyError, TypeError) as exc:
                raise Invalid(f"not a check: {check} ({exc!r})") from None
            community = current_communities.service.record_cls.pid.resolve(slug)
            db.session.add(
                CheckConfig(
                    community_id=community.id,
                    check_id=kind,
                    params=params,
                    severity=level,
                    enabled=True,
                    target_type="record",
                )
            )
        db.session.commit()
    return checks
