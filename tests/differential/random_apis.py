"""Random private APIs behind an estate's endpoints: names, policies, methods, deployments, calls of all kinds."""

from tests.differential.random_estates import RandomEstate
from tests.differential.random_policies import SIGNERS, Facts, RandomPolicies

REGION_NAME = "execute-api.us-east-1.amazonaws.com"
PATHS = ("/orders", "/orders/{id}", "/orders/{id}/lines/{rest+}", "/")
CALLED = ("/orders", "/orders/7", "/orders/7/lines/a/b", "/", "/x")
STAGES = ("prod", "prod", "test")
CUSTOM = "api.corp.test"


class RandomApis:
    """The APIs of one estate; draws from the estate's own generator."""

    def __init__(self, base: RandomEstate) -> None:
        self.base = base
        self.random = base.random
        self.estate = base.estate
        self.apis: list[str] = []
        self.domains: list[str] = []
        addresses = [str(self.estate.resource(each)["PrivateIpAddress"]) for each in base.hosts]
        vpcs = [str(self.estate.resource(each)["VpcId"]) for each in base.endpoints]
        self.policies = RandomPolicies(
            self.random,
            Facts(
                endpoints=base.endpoints or ["vpce-0eeeeeeeeeeeeeeee"],
                vpcs=[*vpcs, *vpcs, *base.vpcs],
                addresses=addresses,
                accounts=list(base.accounts) * 2 + ["777788889999"],
            ),
        )
        for number in range(2):
            self._api(number)
        for endpoint in base.endpoints:
            site = self.estate.home(endpoint)
            # What private DNS does of an endpoint that never came to be is not documented.
            if self.estate.resource(endpoint)["State"] == "available" and self._chance(0.6):
                site.set_private_dns(endpoint, enabled=True)
            site.set_endpoint_policy(endpoint, self.policies.endpoint_policy(self.apis))
        if self._chance(0.5):
            self._custom_domain()

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _api(self, number: int) -> None:
        site = self.estate.at(self.random.choice(self.base.accounts))
        verb = self.random.choice
        methods = {path: [verb(("GET", "GET", "POST", "ANY"))] for path in PATHS if self._chance(0.7)}
        kind = "REGIONAL" if number == 1 and self._chance(0.3) else "PRIVATE"
        associated = [each for each in self.base.endpoints if self._chance(0.6)] if kind == "PRIVATE" else []
        api = site.rest_api(f"api-{number}", methods or {"/orders": ["GET"]}, endpoints=associated, kind=kind)
        for path, verbs in methods.items():
            if self._chance(0.25):
                site.set_authorization(api, path, verbs[0], kind="AWS_IAM")
            if self._chance(0.1):
                self._require_key(api, path, verbs[0])
        if kind == "PRIVATE" and self._chance(0.95):
            site.set_policy(api, self.policies.resource_policy())
        for stage in dict.fromkeys(self.random.sample(STAGES, k=2)):
            site.deploy(api, stage)
        if self._chance(0.15):
            # Saved after the deployment: what the stage runs is the old one (POL-03).
            site.set_policy(api, self.policies.resource_policy())
        if self._chance(0.05):
            self.estate.resource(api)["disableExecuteApiEndpoint"] = True
        self.apis.append(api)

    def _require_key(self, api: str, path: str, verb: str) -> None:
        for resource in self.estate.ledger.answer("apigateway.get_resources", api)["items"]:
            if resource["path"] == path:
                resource["resourceMethods"][verb]["apiKeyRequired"] = True

    def _custom_domain(self) -> None:
        api = self.random.choice(self.apis)
        site = self.estate.home(api)
        policy = self.policies.resource_policy()
        for statement in policy["Statement"]:
            statement["Resource"] = "execute-api:/*"
        base_path = self.random.choice(("", "", "v1"))
        domain = site.custom_domain(CUSTOM, api, policy=policy, base_path=base_path)
        for endpoint in self.base.endpoints:
            if self._chance(0.7):
                self.estate.home(endpoint).associate_domain(domain, endpoint)
        self.domains.append(CUSTOM)

    # ------------------------------------------------------------------ who calls what

    def host_names(self) -> list[str]:
        """Names under which an API could be called."""
        names = [f"{api}.{REGION_NAME}" for api in self.apis]
        for endpoint in self.base.endpoints:
            names += [f"{api}-{endpoint}.{REGION_NAME}" for api in self.apis]
            names.append(self.estate.endpoint_name(endpoint))
        return [*names, *self.domains, f"aaaaaaaaaa.{REGION_NAME}"]

    def called_name(self) -> str:
        """A name that somebody would call: mostly one that leads to an endpoint from everywhere."""
        if self.domains and self._chance(0.2):
            return self.domains[0]
        if not self.base.endpoints or self._chance(0.15):
            return self.random.choice(self.host_names())
        endpoint = self.random.choice(self.base.endpoints)
        associated = [
            each
            for each in self.apis
            if endpoint in self.estate.resource(each)["endpointConfiguration"].get("vpcEndpointIds", ())
        ]
        if associated and self._chance(0.6):
            return f"{self.random.choice(associated)}-{endpoint}.{REGION_NAME}"
        return self.estate.endpoint_name(endpoint)

    def path_and_method(self, api: str) -> tuple[str, str]:
        """A path below a stage and a method: mostly one that the API has, and that is deployed."""
        stages = [each["stageName"] for each in self.estate.ledger.answer("apigateway.get_stages", api)["item"]]
        stage = self.random.choice([*stages * 4, "none"])
        resources = self.estate.ledger.answer("apigateway.get_resources", api)["items"]
        served = [(each["path"], verb) for each in resources for verb in each.get("resourceMethods", ())]
        if self._chance(0.3):
            return f"/{stage}{self.random.choice(CALLED)}", self.random.choice(("GET", "POST"))
        path, verb = self.random.choice(served)
        shown = path.replace("{id}", self.random.choice("789")).replace("{rest+}", "a/b")
        return f"/{stage}{shown}", "GET" if verb == "ANY" else verb

    def call(self, name: str) -> tuple[str, str, tuple[tuple[str, str], ...], str | None]:
        """Path, method, headers and signer of a call by a host name."""
        headers: list[tuple[str, str]] = []
        named = [each for each in self.apis if name.startswith(each)]
        api = named[0] if named else self.random.choice(self.apis)
        if self._chance(0.05 if named else 0.8):
            headers.append(
                self.random.choice((("x-apigw-api-id", api), ("Host", f"{api}.{REGION_NAME}"))),
            )
        path, method = self.path_and_method(api)
        if name in self.domains and self._chance(0.5):
            path = self.random.choice(("", "/v1")) + path.removeprefix("/prod").removeprefix("/test")
        signer = self.random.choice(SIGNERS) if self._chance(0.4) else None
        if self._chance(0.05):
            headers.append(("x-api-key", "not-a-key"))
        return path, method, tuple(headers), signer
