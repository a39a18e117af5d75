"""CloudFormation played in this process, behind botocore's own checks of every request and answer.

moto's CloudFormation cannot play our templates: its change sets know no conditions and give no outputs, and it
leaves out half of the types. This one knows change sets, rounds, parameters, outputs and failures, and makes what
a round holds in the embedded AWS by plain calls.
"""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import botocore.handlers
import yaml
from botocore.validate import ParamValidator

from narrowgate.deploy.embedded.existing import Existing
from narrowgate.generate.cloudformation.rounds import deployments
from narrowgate.generate.cloudformation.template import stack_name
from narrowgate.generate.cloudformation.values import parameter_name

PAGE = 4


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of functions."""


def _function(loader, suffix, node):
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    construct = kinds.get(type(node), loader.construct_mapping)
    value = construct(node) if isinstance(node, yaml.ScalarNode) else construct(node, deep=True)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


class Refused(Exception):
    """An answer with a code."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class StandIn:
    """The service in every account and Region of a plan."""

    def __init__(self, plan, connect, account_of):
        self.plan = plan
        self.made = Existing(connect)
        self.account_of = account_of
        self.stacks = {}
        self.proposed = {}
        self.calls = []
        self.failing = {}
        self.refusing = {}

    @property
    def changing(self):
        """What changed something, in order: `(operation, stack, round)`."""
        return [each for each in self.calls if each[0] in ("ExecuteChangeSet", "DeleteStack")]

    def answer(self, operation, given, place):
        if operation in self.refusing:
            raise self.refusing.pop(operation)
        return getattr(self, operation)(given, place)

    def CreateChangeSet(self, given, place):
        name = given["StackName"]
        stack = self.stacks.get((place, name))
        is_update = given["ChangeSetType"] == "UPDATE"
        if is_update and (stack is None or stack["status"] in ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")):
            raise Refused("ValidationError", f"Stack [{name}] is not in a state to be updated")
        if not is_update and stack is not None and stack["status"] != "REVIEW_IN_PROGRESS":
            raise Refused("ValidationError", f"Stack [{name}] already exists")
        if stack is None:
            stack = {"status": "REVIEW_IN_PROGRESS", "now": {}, "parameters": {}, "outputs": {}, "ids": {}}
            stack |= {"events": [], "busy": 0, "template": None, "place": place, "name": name}
            self.stacks[place, name] = stack
        text = given.get("TemplateBody")
        assert text is None or len(text.encode()) <= 51_200
        template = stack["template"] if text is None else yaml.load(text, _Loader)  # noqa: S506
        parameters = _parameters(template, given["Parameters"], stack["parameters"])
        new = _resources(template, parameters)
        changes = _changes(stack["now"], new)
        arn = f"arn:aws:cloudformation:{place[1]}:{place[0]}:changeSet/{given['ChangeSetName']}/1"
        is_empty = is_update and not changes and parameters == stack["parameters"]
        self.proposed[arn] = {
            "stack": stack,
            "template": template,
            "parameters": parameters,
            "new": new,
            "changes": changes,
            "type": given["ChangeSetType"],
            "is_empty": is_empty,
        }
        return {"Id": arn, "StackId": self._arn(stack)}

    def DescribeChangeSet(self, given, place):
        found = self.proposed[given["ChangeSetName"]]
        if found["is_empty"]:
            reason = (
                "The submitted information didn't contain changes. Submit different information to create one."
            )
            return {"Status": "FAILED", "StatusReason": reason, "Changes": []}
        start = int(given.get("NextToken", "0"))
        more = {"NextToken": str(start + PAGE)} if start + PAGE < len(found["changes"]) else {}
        return {"Status": "CREATE_COMPLETE", "Changes": found["changes"][start : start + PAGE], **more}

    def DeleteChangeSet(self, given, place):
        del self.proposed[given["ChangeSetName"]]
        return {}

    def ExecuteChangeSet(self, given, place):
        found = self.proposed.pop(given["ChangeSetName"])
        stack, parameters = found["stack"], found["parameters"]
        # What was proposed of the stack as it was holds no longer.
        self.proposed = {arn: each for arn, each in self.proposed.items() if each["stack"] is not stack}
        number = int(parameters.get("Round", "1"))
        self.calls.append(("ExecuteChangeSet", stack["name"], number))
        word = "CREATE" if found["type"] == "CREATE" else "UPDATE"
        stack["busy"] = 2
        self._event(stack, stack["name"], f"{word}_IN_PROGRESS", "User Initiated")
        failed = next((name for name in found["new"] if name in self.failing), None)
        if failed is not None:
            self._event(stack, failed, "CREATE_FAILED", self.failing.pop(failed))
            self._event(stack, next(iter(found["new"])), "CREATE_FAILED", "Resource creation cancelled")
            back = "ROLLBACK" if word == "CREATE" else "UPDATE_ROLLBACK"
            self._event(stack, stack["name"], f"{back}_IN_PROGRESS", "The following resource(s) failed")
            stack["status"] = f"{back}_COMPLETE"
            return {}
        self._make(stack, number)
        gone = set(stack["now"]) - set(found["new"])
        stack["ids"] = {name: own for name, own in stack["ids"].items() if name not in gone}
        stack |= {"now": found["new"], "parameters": parameters, "template": found["template"]}
        stack["status"] = f"{word}_COMPLETE"
        stack["outputs"] = self._outputs(stack, found["template"], parameters)
        return {}

    def DeleteStack(self, given, place):
        stack = self.stacks[place, given["StackName"]]
        if stack["status"] != "REVIEW_IN_PROGRESS":
            self.calls.append(("DeleteStack", stack["name"], 0))
        del self.stacks[place, given["StackName"]]
        return {}

    def DescribeStacks(self, given, place):
        stack = self.stacks.get((place, given["StackName"]))
        if stack is None:
            raise Refused("ValidationError", f"Stack with id {given['StackName']} does not exist")
        status = stack["status"]
        if stack["busy"]:
            stack["busy"] -= 1
            status = "UPDATE_IN_PROGRESS" if status.startswith("UPDATE") else "CREATE_IN_PROGRESS"
        return {
            "Stacks": [
                {
                    "StackName": stack["name"],
                    "StackStatus": status,
                    "CreationTime": 0,
                    "Parameters": _pairs("Parameter", stack["parameters"]),
                    "Outputs": _pairs("Output", stack["outputs"]),
                }
            ]
        }

    def ListStackResources(self, given, place):
        stack = self.stacks[place, given["StackName"]]
        names = list(stack["ids"])
        start = int(given.get("NextToken", "0"))
        page = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": stack["ids"][name],
                "ResourceType": "AWS::EC2::VPC",
                "ResourceStatus": "CREATE_COMPLETE",
                "LastUpdatedTimestamp": 0,
            }
            for name in names[start : start + PAGE]
        ]
        more = {"NextToken": str(start + PAGE)} if start + PAGE < len(names) else {}
        return {"StackResourceSummaries": page, **more}

    def DescribeStackEvents(self, given, place):
        return {"StackEvents": list(reversed(self.stacks[place, given["StackName"]]["events"]))}

    def _make(self, stack, number):
        """What the rounds so far hold and is not there yet."""
        for step in deployments(self.plan):
            is_own = stack_name(self.plan, step.side) == stack["name"]
            if not is_own or not 0 < step.round <= number:
                continue
            for each in step.resources:
                if each.type == "Custom::VpcEndpointPolicy":
                    self._narrow(each)
                elif each.type == "Custom::VpcPeeringConnectionAccepter":
                    stack["ids"][each.logical_id] = "accept"
                    self.made.attributes[each.logical_id, "Arn"] = f"arn:aws:iam::{each.account}:role/accept"
                else:
                    if each.logical_id not in self.made.ids:
                        self.made.make([each])
                        self._tell(each)
                    stack["ids"][each.logical_id] = self.made.ids[each.logical_id]

    def _tell(self, resource):
        if resource.type == "AWS::EC2::VPCEndpoint":
            own = self.made.ids[resource.logical_id]
            client = self.made.client(resource, "ec2")
            (entry, *_) = client.describe_vpc_endpoints(VpcEndpointIds=[own])["VpcEndpoints"][0]["DnsEntries"]
            self.made.attributes[resource.logical_id, "DnsEntries.0.DnsName"] = entry["DnsName"]
            self.made.attributes[resource.logical_id, "DnsEntries.0.HostedZoneId"] = entry["HostedZoneId"]

    def _narrow(self, policy):
        properties = self.made.resolve(policy.properties)
        self.made.client(policy, "ec2").modify_vpc_endpoint(
            VpcEndpointId=properties["VpcEndpointId"], PolicyDocument=json.dumps(properties["PolicyDocument"])
        )

    def _outputs(self, stack, template, parameters):
        known = {parameter_name(name, None): own for name, own in self.made.ids.items()}
        known |= {parameter_name(*key): value for key, value in self.made.attributes.items()}
        return {
            name: known[name]
            for name, body in template.get("Outputs", {}).items()
            if _holds(body.get("Condition"), parameters)
        }

    def _event(self, stack, name, status, reason):
        is_own = name == stack["name"]
        stack["events"].append(
            {
                "StackId": self._arn(stack),
                "EventId": str(len(stack["events"])),
                "StackName": stack["name"],
                "LogicalResourceId": name,
                "PhysicalResourceId": self._arn(stack) if is_own else "",
                "ResourceType": "AWS::CloudFormation::Stack" if is_own else "AWS::EC2::Thing",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "Timestamp": 0,
            }
        )

    @staticmethod
    def _arn(stack):
        account, region = stack["place"]
        return f"arn:aws:cloudformation:{region}:{account}:stack/{stack['name']}/1"


def _pairs(kind, values):
    return [{f"{kind}Key": key, f"{kind}Value": value} for key, value in values.items()]


def _parameters(template, given, before):
    found = {name: body["Default"] for name, body in template.get("Parameters", {}).items() if "Default" in body}
    for each in given:
        name = each["ParameterKey"]
        assert name in template["Parameters"], f"the template has no parameter {name}"
        found[name] = before[name] if each.get("UsePreviousValue") else each["ParameterValue"]
    missing = set(template.get("Parameters", {})) - set(found)
    if missing:
        raise Refused("ValidationError", f"Parameters: {sorted(missing)} must have values")
    return found


def _holds(condition, parameters):
    return condition is None or int(parameters["Round"]) >= int(condition.removeprefix("Round"))


def _resources(template, parameters):
    return {
        name: _resolved(body, parameters)
        for name, body in template["Resources"].items()
        if _holds(body.get("Condition"), parameters)
    }


def _resolved(value, parameters):
    match value:
        case {"Ref": name} if name in parameters:
            return parameters[name]
        case {"Fn::If": [condition, one, other]}:
            return _resolved(one if _holds(condition, parameters) else other, parameters)
        case {"Fn::Sub": str(text)}:
            for name, own in parameters.items():
                text = text.replace(f"${{{name}}}", own)
            return {"Fn::Sub": text}
        case dict():
            return {key: _resolved(each, parameters) for key, each in value.items()}
        case list():
            return [_resolved(each, parameters) for each in value]
        case _:
            return value


def _changes(old, new):
    found = [("Add", name) for name in new if name not in old]
    found += [("Modify", name) for name in new if name in old and new[name] != old[name]]
    found += [("Remove", name) for name in old if name not in new]
    return [
        {
            "Type": "Resource",
            "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": "AWS::EC2::Thing"}
            | ({"Replacement": "False"} if action == "Modify" else {}),
        }
        for action, name in found
    ]


@contextmanager
def playing(service):
    """Every client of CloudFormation that is made meanwhile asks the stand-in, and as long as this lasts."""
    playing = [True]

    def hear(params, context, **_):
        context["given"] = dict(params)

    def speak(model, context, request_signer, **_):
        if not playing:
            return None  # A session keeps its hooks; who made it is gone.
        place = (
            service.account_of(*request_signer._credentials.get_frozen_credentials()[:3]),
            request_signer._region_name,
        )
        try:
            parsed = service.answer(model.name, context["given"], place)
        except Refused as refused:
            return SimpleNamespace(status_code=400), {"Error": {"Code": refused.code, "Message": str(refused)}}
        report = ParamValidator().validate(parsed, model.output_shape) if model.output_shape else None
        assert report is None or not report.has_errors(), report.generate_report()
        return SimpleNamespace(status_code=200), parsed

    hooks = [("provide-client-params.cloudformation", hear), ("before-call.cloudformation", speak)]
    botocore.handlers.BUILTIN_HANDLERS.extend(hooks)
    try:
        yield service
    finally:
        playing.clear()
        for hook in hooks:
            botocore.handlers.BUILTIN_HANDLERS.remove(hook)
