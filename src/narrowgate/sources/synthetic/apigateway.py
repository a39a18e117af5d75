"""REST APIs with resources, methods, deployments and stages; private custom domain names."""

import json
from collections.abc import Mapping, Sequence

from narrowgate.sources.synthetic.firewall import DnsPolicyBuilder
from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, api_gateway_id

_SHORT_FORM = "execute-api:/"
_API_ID_LENGTH = 10
_RESOURCE_ID_LENGTH = 6


class ApiGatewayBuilder(DnsPolicyBuilder):
    """Builds REST APIs."""

    def _open(self) -> None:
        super()._open()
        self.ledger.single[(self.where, "apigateway.get_account")] = {
            "cloudwatchRoleArn": f"arn:aws:iam::{self.account}:role/api-gateway-logs",
            "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
            "features": ["UsagePlans"],
            "apiKeyVersion": "4",
        }

    def rest_api(
        self,
        name: str,
        methods: Mapping[str, Sequence[str]],
        *,
        api_id: str | None = None,
        policy: Record | None = None,
        endpoints: Sequence[str] = (),
        kind: str = "PRIVATE",
    ) -> str:
        """A REST API with its resources and methods; nothing can be called before `deploy`.

        Args:
            name: its name.
            methods: methods by path, such as `{"/orders": ["GET", "POST"]}`.
            api_id: the ten letters and digits of its id.
            policy: its resource policy; `execute-api:/…` is expanded as API Gateway does on saving (POL-16).
            endpoints: interface endpoints that get an alias name with it (AGW-06).
            kind: `PRIVATE`, `REGIONAL` or `EDGE`.
        """
        api_id = api_id or api_gateway_id(_API_ID_LENGTH, *self.ledger.number("api", self.where, name))
        configuration: Record = {"types": [kind], "ipAddressType": "dualstack" if kind == "PRIVATE" else "ipv4"}
        if endpoints:
            configuration["vpcEndpointIds"] = list(endpoints)
        element: Record = {
            "id": api_id,
            "name": name,
            "createdDate": CREATED,
            "apiKeySource": "HEADER",
            "endpointConfiguration": configuration,
            "tags": {},
            "disableExecuteApiEndpoint": False,
            "rootResourceId": api_gateway_id(_API_ID_LENGTH, api_id, "/"),
        }
        self._add("apigateway.get_rest_apis", element, api_id)
        self._ask(
            "apigateway.get_resources",
            api_id,
            {"restApiId": api_id, "embed": ["methods"], "limit": 500},
            {"items": _resources(api_id, methods)},
        )
        self._ask("apigateway.get_stages", api_id, {"restApiId": api_id}, {"item": []})
        self._ask("apigateway.get_deployments", api_id, {"restApiId": api_id}, {"items": []})
        self._ask("apigateway.get_authorizers", api_id, {"restApiId": api_id}, {"items": []})
        self.set_policy(api_id, policy)
        return api_id

    def set_policy(self, api_id: str, policy: Record | None) -> None:
        """Save a resource policy; it is in force after `deploy` only (POL-03)."""
        api = self.resource(api_id)
        if policy is None:
            api.pop("policy", None)
        else:
            # API Gateway prints a policy as a JSON string whose quotes are escaped once more.
            text = json.dumps(self._expanded(policy, api_id), separators=(",", ":"))
            api["policy"] = json.dumps(text)[1:-1]

    def saved_policy(self, api_id: str) -> Record | None:
        """The resource policy as it is saved."""
        text = self.resource(api_id).get("policy")
        return None if text is None else dict(json.loads(json.loads(f'"{text}"')))

    def set_authorization(
        self, api_id: str, path: str, method: str, *, kind: str, authorizer: str | None = None
    ) -> None:
        """Change a method's authorization: `NONE`, `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`."""
        for resource in self.ledger.answer("apigateway.get_resources", api_id)["items"]:
            if resource["path"] == path:
                resource["resourceMethods"][method]["authorizationType"] = kind
                if authorizer is not None:
                    resource["resourceMethods"][method]["authorizerId"] = authorizer

    def authorizer(self, api_id: str, name: str, *, kind: str = "TOKEN") -> str:
        """An authorizer: `TOKEN`, `REQUEST` or `COGNITO_USER_POOLS`."""
        authorizer_id = api_gateway_id(_RESOURCE_ID_LENGTH, api_id, "authorizer", name)
        function = self.arn("lambda", f"function:{name}/invocations")
        self.ledger.answer("apigateway.get_authorizers", api_id)["items"].append(
            {
                "id": authorizer_id,
                "name": name,
                "type": kind,
                "authType": "cognito_user_pools" if kind == "COGNITO_USER_POOLS" else "custom",
                "identitySource": "method.request.header.Authorization",
                **(
                    {"providerARNs": [self.arn("cognito-idp", "userpool/us-east-1_Example00")]}
                    if kind == "COGNITO_USER_POOLS"
                    else {"authorizerUri": f"arn:aws:apigateway:{self.region}:lambda:path/functions/{function}"}
                ),
            }
        )
        return authorizer_id

    def deploy(self, api_id: str, stage: str = "prod") -> str:
        """Deploy what is saved now to a stage; the stage keeps running it until the next time (POL-03)."""
        deployments = self.ledger.answer("apigateway.get_deployments", api_id)["items"]
        stages = self.ledger.answer("apigateway.get_stages", api_id)["item"]
        deployment_id = api_gateway_id(_RESOURCE_ID_LENGTH, api_id, "deployment", len(deployments))
        deployments.append({"id": deployment_id, "description": "", "createdDate": CREATED})
        known = next((each for each in stages if each["stageName"] == stage), None)
        if known is None:
            known = {
                "stageName": stage,
                "description": "",
                "cacheClusterEnabled": False,
                "cacheClusterStatus": "NOT_AVAILABLE",
                "methodSettings": {},
                "tracingEnabled": False,
                "createdDate": CREATED,
            }
            stages.append(known)
        known |= {"deploymentId": deployment_id, "lastUpdatedDate": CREATED}
        self._export(api_id, stage)
        return deployment_id

    def invoke_host(self, api_id: str, endpoint_id: str | None = None) -> str:
        """The API's default name, or its alias name for an endpoint (AGW-04, AGW-06)."""
        label = f"{api_id}-{endpoint_id}" if endpoint_id else api_id
        return f"{label}.execute-api.{self.region}.amazonaws.com"

    def custom_domain(
        self, name: str, api_id: str, *, stage: str = "prod", policy: Record | None = None, base_path: str = ""
    ) -> str:
        """A private custom domain name with its certificate and one mapping; its ARN (AGW-08)."""
        domain_id = api_gateway_id(_API_ID_LENGTH, *self.ledger.number("domain", self.where, name))
        arn = self.arn("apigateway", f"/domainnames/{name}+{domain_id}")
        certificate = self.certificate(name)
        document = policy and self._expanded(policy, f"/domainnames/{name}+{domain_id}")
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

    def _expanded(self, policy: Record, api_id: str) -> Record:
        """The policy as it is saved: short resources become ARNs of the API's owner (POL-16)."""
        prefix = f"arn:aws:execute-api:{self.region}:{self.account}:{api_id}/"

        def long_form(resource: str) -> str:
            return resource.replace(_SHORT_FORM, prefix, 1) if resource.startswith(_SHORT_FORM) else resource

        statements = policy["Statement"]
        saved: list[Record] = []
        for statement in statements if isinstance(statements, list) else [statements]:
            resource = statement.get("Resource", [])
            expanded = (
                [long_form(each) for each in resource] if isinstance(resource, list) else long_form(resource)
            )
            saved.append(statement | ({"Resource": expanded} if resource else {}))
        return policy | {"Statement": saved}

    def _export(self, api_id: str, stage: str) -> None:
        """The stage's export with the API Gateway extensions: the only view of the deployed policy."""
        api = self.resource(api_id)
        paths: Record = {}
        for resource in self.ledger.answer("apigateway.get_resources", api_id)["items"]:
            methods = resource.get("resourceMethods")
            if methods:
                paths[resource["path"]] = {
                    ("x-amazon-apigateway-any-method" if name == "ANY" else name.lower()): {
                        "responses": {"200": {"description": "200 response"}},
                        "x-amazon-apigateway-auth": {"type": method["authorizationType"]},
                        "x-amazon-apigateway-integration": {"type": "mock"},
                    }
                    for name, method in methods.items()
                }
        document: Record = {
            "openapi": "3.0.1",
            "info": {"title": api["name"], "version": CREATED},
            "servers": [{"url": f"https://{self.invoke_host(api_id)}/{{basePath}}"}],
            "paths": paths,
            "components": {},
        }
        policy = self.saved_policy(api_id)
        if policy is not None:
            document["x-amazon-apigateway-policy"] = policy
        body = {"contentType": "application/octet-stream", "body": json.dumps(document)}
        self._ask(
            "apigateway.get_export",
            f"{api_id}/{stage}",
            {
                "restApiId": api_id,
                "stageName": stage,
                "exportType": "oas30",
                "parameters": {"extensions": "apigateway"},
                "accepts": "application/json",
            },
            body,
        )


def _resources(api_id: str, methods: Mapping[str, Sequence[str]]) -> list[Record]:
    """The resource tree: API Gateway has a resource for every step of a path."""
    tree: dict[str, Record] = {"/": {"id": api_gateway_id(_API_ID_LENGTH, api_id, "/"), "path": "/"}}
    for path in methods:
        parts = [part for part in path.split("/") if part]
        for depth, part in enumerate(parts):
            own, parent = "/" + "/".join(parts[: depth + 1]), "/" + "/".join(parts[:depth])
            tree.setdefault(
                own,
                {
                    "id": api_gateway_id(_RESOURCE_ID_LENGTH, api_id, own),
                    "parentId": tree[parent]["id"],
                    "pathPart": part,
                    "path": own,
                },
            )
        tree["/" + "/".join(parts)]["resourceMethods"] = {
            method: {"httpMethod": method, "authorizationType": "NONE", "apiKeyRequired": False}
            for method in methods[path]
        }
    return list(tree.values())


def policy_document(*statements: Record) -> Record:
    """A policy document of some statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def invoke_statement(effect: str = "Allow", **conditions: Mapping[str, str | list[str]]) -> Record:
    """A statement about `execute-api:Invoke` for everybody; conditions as `StringEquals={"aws:SourceVpce": …}`."""
    statement: Record = {
        "Effect": effect,
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
    }
    return statement | ({"Condition": conditions} if conditions else {})
