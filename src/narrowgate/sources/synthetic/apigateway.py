"""REST APIs with resources, methods, deployments and stages."""

import json
from collections.abc import Mapping, Sequence

from narrowgate.sources.synthetic.firewall import DnsPolicyBuilder
from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, api_gateway_id

_SHORT_FORM = "execute-api:/"
API_ID_LENGTH = 10
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
        api_id = api_id or api_gateway_id(API_ID_LENGTH, *self.ledger.number("api", self.where, name))
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
            "rootResourceId": api_gateway_id(API_ID_LENGTH, api_id, "/"),
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
            text = json.dumps(self.saved_form(policy, api_id), separators=(",", ":"))
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

    def saved_form(self, policy: Record, api_id: str) -> Record:
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
    tree: dict[str, Record] = {"/": {"id": api_gateway_id(API_ID_LENGTH, api_id, "/"), "path": "/"}}
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
