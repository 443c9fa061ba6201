"""What is said about the place of a table in its file."""

from collections.abc import Sequence

from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.layout.passed_over import PassedOver, report_passed_over
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.series import Choice


def check_layout(layout: Layout, passed_over: Sequence[PassedOver]) -> list[Finding]:
    """The lines that are no rows of a table, and a header that is one name short.

    passed_over: those below the header.
    """
    findings = report_passed_over([*layout.above, *passed_over])
    heading = layout.heading
    if heading is not None and heading.is_short:
        findings.append(_report_short_header(heading.lines[0]))
    return findings


def _report_short_header(line: int) -> Finding:
    return Finding(
        kind=FindingKind.AMBIGUOUS,
        column="",
        message=f"Line {line} has one name fewer than the rows have cells: it was taken to name "
        "all columns but the first.",
        lines=(line,),
        field="has_header",
        choices=(
            Choice("true", "it names all columns but the first"),
            Choice("false", "no line names the columns"),
        ),
    )
