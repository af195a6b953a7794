"""/v1/reports: what was made is listed and fetched as it was made, by whoever reads figures."""

from __future__ import annotations

import hashlib

import pytest

from bench.ledger_rows import Month
from scheduler.context import JobContext
from scheduler.jobs import service_report as job
from storage.unit_of_work import UnitOfWork
from tests.bot.api.kit import NOW, Branch


@pytest.fixture
def reported(office: Branch) -> Branch:
    """A branch with the reports of October."""

    def fill(uow: UnitOfWork) -> None:
        for row in Month(7).rows(600):
            uow.ledger.add(row)

    office.transactions.run(fill)
    parts = office.parts
    job.run(JobContext(parts.transactions, parts.settings, parts.cipher), NOW)
    return office


def test_a_report_is_listed_and_fetched_as_it_was_made(reported: Branch) -> None:
    """Page and paper together have the digest that the list tells."""
    header = reported.token("trainer")
    listed = reported.client.get("/v1/reports", headers=header).json()["items"]
    newest = listed[0]
    assert (newest["kind"], newest["from"], newest["to"]) == ("month", "2026-10-01", "2026-10-31")
    assert next(figure["code"] for figure in newest["figures"]) == "csat"
    page = reported.client.get(f"/v1/reports/{newest['id']}.html", headers=header)
    paper = reported.client.get(f"/v1/reports/{newest['id']}.pdf", headers=header)
    assert page.headers["content-type"].startswith("text/html")
    assert paper.headers["content-disposition"].endswith('.pdf"')
    digest = hashlib.sha256(page.content + paper.content).hexdigest()
    assert digest == newest["digest"]


def test_others_and_unknown_numbers_are_refused(reported: Branch) -> None:
    """Agents read no reports; what is not there is 404, what is no number 422."""
    agent = reported.token("agent")
    assert reported.client.get("/v1/reports", headers=agent).status_code == 403
    assert reported.client.get("/v1/reports/1.pdf", headers=agent).status_code == 403
    lead = reported.token("supervisor")
    assert reported.client.get("/v1/reports/999.pdf", headers=lead).status_code == 404
    assert reported.client.get("/v1/reports/x.pdf", headers=lead).status_code == 422
    assert reported.client.get("/v1/reports/1.docx", headers=lead).status_code == 422
