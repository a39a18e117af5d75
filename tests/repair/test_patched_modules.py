"""A module outside the folder that calls it is patched where it stands, and read from there again."""

import pytest
from tests.repair.test_patches import RULE, TERRAFORM, apply, by_text, without

from narrowgate.api.repairs import fix_source
from narrowgate.api.sources import load
from narrowgate.cli.main import main
from narrowgate.model.answer import Verdict
from narrowgate.repair.goal import Goal

__all__ = ["by_text"]

PROVIDER = 'provider "aws"'
CALL = '\nmodule "all" {\n  source = "../../modules/all"\n}\n'


def test_a_module_beside_the_folder_is_patched_and_read_again(tmp_path, by_text):
    module, folder = tmp_path / "modules" / "all", tmp_path / "env" / "prod"
    module.mkdir(parents=True)
    folder.mkdir(parents=True)
    text = without(TERRAFORM, RULE)
    start = text.index(PROVIDER)
    provider = text[start : text.index("\n}\n", start) + 3]
    (module / "main.tf").write_text(text.replace(provider, ""))
    (folder / "main.tf").write_text(provider + CALL)
    url = (
        "https://${module.all.aws_api_gateway_rest_api.orders.id}.execute-api.us-east-1.amazonaws.com/prod/orders"
    )
    goal = Goal(client="module.all.aws_subnet.web", url=url)
    answer = fix_source(folder, [goal])
    assert answer.verdict is Verdict.ALLOWED
    assert [each.by_hand for each in answer.changes] == [()]
    assert "modules/all/main.tf" in answer.patch
    apply(answer, folder)
    assert fix_source(folder, [goal]).changes == ()
    assert load(folder).facts.rest_apis


def test_what_the_command_states_for_variables_counts_when_a_patch_is_read_again(tmp_path, by_text, capsys):
    text = without(TERRAFORM, RULE)
    assert '"10.1.0.0/16"' in text
    (tmp_path / "main.tf").write_text(
        text.replace('"10.1.0.0/16"', "var.web_block", 1) + '\nvariable "web_block" {\n  type = string\n}\n'
    )
    url = "https://${aws_api_gateway_rest_api.orders.id}.execute-api.us-east-1.amazonaws.com/prod/orders"
    with pytest.raises(SystemExit) as left:
        main(["fix", str(tmp_path), "--from", "aws_subnet.web", url, "--parameter", "web_block=10.1.0.0/16"])
    told = capsys.readouterr()
    assert left.value.code in (0, None), told
    assert "by hand" not in told.out
    assert '+resource "aws_vpc_security_group_ingress_rule"' in told.out.replace("   ", "")
    assert told.err.count("read by") == 1
