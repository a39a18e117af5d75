"""Every plan's rounds can be deployed: each value is told before it is read, each request one that AWS knows."""

import boto3
import pytest
import yaml
from botocore.validate import ParamValidator
from tests.unit.generate import every

from narrowgate.api.engines.values import Values
from narrowgate.api.generate import plan_of
from narrowgate.generate.cloudformation.rounds import deployments
from narrowgate.generate.cloudformation.stacks import make_templates
from narrowgate.generate.cloudformation.values import is_address, parameter_name
from narrowgate.generate.cloudformation.yaml_text import write_yaml
from narrowgate.generate.requests import REQUESTS
from narrowgate.sources.design.read import load_design

ROOM = 51_200
"""What `CreateChangeSet` takes of a template's text, in bytes."""


def test_every_value_that_a_round_reads_was_told_before_and_each_command_is_one_that_aws_knows():
    shapes = Shapes()
    asked = 0
    for name, plan in every.judged():
        order = deployments(plan)
        templates = {each.side.name: each for each in make_templates(plan, order)}
        values = Values(
            {(each.logical_id, each.attribute): f"given-{each.name}" for each in plan.inputs()}, "1" * 12
        )
        made = set()
        for step in order:
            template = templates[step.side.name]
            if step.round == 0:
                asked += len(step.resources)
                for each in step.resources:
                    shapes.hold(values, each)
                continue
            for key in template.parameters_at(step.round):
                told = (key[0], None) if is_address(key) else key
                assert told in values.known or key in values.known, (
                    f"{name}: {key} in {step.side.name} {step.round}"
                )
            made |= {each.logical_id for each in step.resources}
            outputs = {parameter_name(*key): "told" for key in template.outputs if key[0] in made}
            values.learn(template.outputs, outputs)
        assert all(len(each.bare_text.encode()) <= ROOM for each in templates.values()), name
    assert asked


def test_the_largest_template_has_room_without_its_comments_and_says_the_same():
    plan = every.plan("hub", "custom-dns")
    (template,) = make_templates(plan, deployments(plan))
    commented = write_yaml(template.document)
    assert len(template.bare_text.encode()) <= ROOM < len(commented.encode())
    assert template.text == template.bare_text
    functions = type("Functions", (yaml.SafeLoader,), {})
    functions.add_multi_constructor("!", lambda loader, suffix, node: (suffix, str(node.value)))
    one, other = (yaml.load(each, functions) for each in (commented, template.bare_text))  # noqa: S506
    assert list(one["Resources"]) == list(other["Resources"])
    assert one.keys() == other.keys()


def test_an_existing_api_s_policy_names_real_ids_once_they_are_known(tmp_path):
    text = (every.EXAMPLES[0].parents[1] / "two-accounts" / "narrowgate.yaml").read_text()
    path = tmp_path / "narrowgate.yaml"
    path.write_text(text.replace("orders: {vpc: api,", "orders: {vpc: api, id: a1b2c3d4e5, stage: prod,"))
    plan = plan_of(load_design(path), "privatelink-alias")
    (update,) = (each for each in plan.made if each.type == "Custom::RestApiUpdate")
    values = Values({}, "1" * 12)
    with pytest.raises(KeyError):
        values.call(REQUESTS[update.type](update)[0])
    values.known[("RequesterExecuteApiEndpoint", None)] = "vpce-0123456789abcdef0"
    values.known[("OrdersApi", None)] = "a1b2c3d4e5"
    calls = Shapes().hold(values, update)
    assert [each.operation for each in calls] == ["update_rest_api", "update_rest_api", "create_deployment"]
    assert "vpce-0123456789abcdef0" in calls[0].parameters["patchOperations"][0]["value"]
    assert calls[1].parameters["patchOperations"][0]["value"] == "vpce-0123456789abcdef0"


class Shapes:
    """botocore's models of the services that commands ask."""

    def __init__(self):
        session = boto3.Session(region_name="us-east-1")
        self.clients = {name: session.client(name) for name in ("ec2", "apigateway")}

    def hold(self, values, resource):
        """The calls of a resource, after each was held against its model."""
        calls = [values.call(each) for each in REQUESTS[resource.type](resource)]
        for call in calls:
            client = self.clients[call.service]
            name = client.meta.method_to_api_mapping[call.operation]
            shape = client.meta.service_model.operation_model(name).input_shape
            report = ParamValidator().validate(dict(call.parameters), shape)
            assert not report.has_errors(), report.generate_report()
        return calls
