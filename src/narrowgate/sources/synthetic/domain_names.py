"""Private custom domain names with their certificates, mappings and access associations."""

import json

from narrowgate.sources.synthetic.apigateway import API_ID_LENGTH, ApiGatewayBuilder
from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, api_gateway_id


class DomainNameBuilder(ApiGatewayBuilder):
    """Builds names of one's own for APIs."""

    def custom_domain(
        self, name: str, api_id: str, *, stage: str = "prod", policy: Record | None = None, base_path: str = ""
    ) -> str:
        """A private custom domain name with its certificate and one mapping; its ARN (AGW-08)."""
        domain_id = api_gateway_id(API_ID_LENGTH, *self.ledger.number("domain", self.where, name))
        arn = self.arn("apigateway", f"/domainnames/{name}+{domain_id}")
        certificate = self.certificate(name)
        document = policy and self.saved_form(policy, f"/domainnames/{name}+{domain_id}")
        if document:
            # A domain has no stages and methods below it: `execute-api:/*` is the domain itself (POL-31).
            document = json.loads(json.dumps(document).replace(f"+{domain_id}/*", f"+{domain_id}"))
        element: Record = {
            "domainName": name,
            "domainNameId": domain_id,
            "domainNameArn": arn,
            "certificateArn": certificate,
            "certificateUploadDate": CREATED,
            "endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "dualstack"},
            "domainNameStatus": "AVAILABLE",
            "securityPolicy": "TLS_1_2",
            "routingMode": "BASE_PATH_MAPPING_ONLY",
            "tags": {},
        }
        if document:
            text = json.dumps(document, separators=(",", ":"))
            element["policy"] = json.dumps(text)[1:-1]
        self._add("apigateway.get_domain_names", element, arn)
        self._ask(
            "apigateway.get_base_path_mappings",
            arn,
            {"domainName": name, "domainNameId": domain_id},
            {"items": [{"basePath": base_path or "(none)", "restApiId": api_id, "stage": stage}]},
        )
        return arn

    def associate_domain(self, domain_arn: str, endpoint_id: str) -> str:
        """A domain name access association, made by the endpoint's owner."""
        name, _, domain_id = domain_arn.rpartition("/")[2].partition("+")
        path = f"/domainnameaccessassociations/domainname/{name}+{domain_id}/vpcesource/{endpoint_id}"
        arn = self.arn("apigateway", path)
        element = {
            "domainNameAccessAssociationArn": arn,
            "domainNameArn": domain_arn,
            "accessAssociationSourceType": "VPCE",
            "accessAssociationSource": endpoint_id,
            "tags": {},
        }
        self._add("apigateway.get_domain_name_access_associations", element, arn)
        return arn

    def certificate(self, *names: str) -> str:
        """An issued ACM certificate for some names; its ARN."""
        arn = self.arn(
            "acm", f"certificate/{'-'.join(map(str, self.ledger.number('cert', self.where, names[0])[3:]))}"
        )
        element = {
            "CertificateArn": arn,
            "DomainName": names[0],
            "SubjectAlternativeNameSummaries": list(names),
            "HasAdditionalSubjectAlternativeNames": False,
            "Status": "ISSUED",
            "Type": "AMAZON_ISSUED",
            "KeyAlgorithm": "RSA-2048",
            "KeyUsages": ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
            "ExtendedKeyUsages": ["TLS_WEB_SERVER_AUTHENTICATION"],
            "InUse": True,
            "RenewalEligibility": "ELIGIBLE",
            "NotBefore": CREATED,
            "NotAfter": "2027-11-20T09:00:00+00:00",
            "CreatedAt": CREATED,
            "IssuedAt": CREATED,
        }
        self._add("acm.list_certificates", element, arn)
        return arn
