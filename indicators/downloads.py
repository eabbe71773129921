"""Evidence handed out: as it was added; browsers save it and do not guess what it is."""

from django.http import FileResponse, Http404

from indicators.choices import EvidenceFormat
from indicators.models import IndicatorEvidence

TYPES = {
    EvidenceFormat.PDF: "application/pdf",
    EvidenceFormat.PNG: "image/png",
    EvidenceFormat.JPEG: "image/jpeg",
    EvidenceFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def evidence_file(evidence: IndicatorEvidence) -> FileResponse:
    try:
        content = evidence.file.open("rb")
    except (ValueError, FileNotFoundError) as error:  # lost with its disk
        raise Http404 from error
    answer = FileResponse(
        content,
        as_attachment=True,
        filename=evidence.name,
        content_type=TYPES[EvidenceFormat(evidence.format)],
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
