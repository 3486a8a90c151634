"""What the description of the API promises holds for requests that nobody thought of."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from lasso3d.annotator.server import app_of

schemathesis = pytest.importorskip("schemathesis")

EXAMPLES = int(os.environ.get("LASSO3D_SCHEMA_EXAMPLES", "5"))
"""Per operation."""


@pytest.fixture
def described(annotator, access, desk, do):
    """The description, read through the application itself, and a session in use."""
    do(desk, "click", object=1, xyz=[1.2, 1.2, 0.3])
    app = app_of(annotator, access)
    headers = {"authorization": f"Bearer {access.token}", "host": "127.0.0.1:8765"}
    with TestClient(app, base_url="http://127.0.0.1:8765", headers=headers) as client:
        schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
        schema.app = app
        yield schema, headers, {"session": desk.id, "scene": desk.row.scene}


def test_no_request_breaks_the_server_or_its_promises(described):
    schema, headers, known = described
    checks = [
        schemathesis.checks.not_a_server_error,
        *schemathesis.checks.CHECKS.get_by_names(
            ["status_code_conformance", "content_type_conformance", "response_schema_conformance"]
        ),
    ]
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:
        _try(operation, headers, known, checks)


def _try(operation, headers, known, checks):
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def once(case):
        # invented ones would all be answered with 404
        case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        case.call_and_validate(headers=headers, checks=checks)

    once()
