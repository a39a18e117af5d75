"""Certificates of ACM."""

from collections.abc import Callable
from typing import Any

from moto.acm.responses import AWSCertificateManagerResponse

from narrowgate.deploy.embedded.bridge.defect import Defect, replace


def _with_names(original: Callable[..., Any]) -> Callable[..., Any]:
    def listed(response: Any) -> Any:
        answer = original(response)
        for each in answer.result["CertificateSummaryList"]:
            each["SubjectAlternativeNameSummaries"] = each["SubjectAlternativeNames"]
        return answer

    return listed


DEFECTS = (
    Defect(
        name="certificate-names",
        moto="lists certificates without the names that they are for",
        aws="lists the names",
        mend=lambda: replace(AWSCertificateManagerResponse, "list_certificates", _with_names),
    ),
)
