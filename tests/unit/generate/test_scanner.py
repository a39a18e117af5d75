"""A scanner of infrastructure code finds nothing that is not answered with a reason."""

import re

import pytest
from tests import tools
from tests.unit.generate import every

from narrowgate.generate.advice import ANSWERED


@pytest.mark.judge
@pytest.mark.parametrize("form", ["terraform", "cloudformation"])
def test_checkov_finds_nothing_unanswered(form, tmp_path):
    for name, files in every.files(form, every.judged()):
        every.write(tmp_path / name, files)
    found = tools.checkov(tmp_path, form)
    assert [f"{each['file_path']}: {each['check_id']} {each['resource']}" for each in found] == []


def test_every_answer_has_a_reason_and_is_written_beside_its_resource():
    assert all(len(reason) > 20 for answers in ANSWERED.values() for _, reason in answers)
    texts = dict(every.files("terraform", (("guide/alias", every.plan("guide", "alias")),)))["guide/alias"]
    told = re.findall(r"checkov:skip=(\w+):(\S.*)", texts["modules/us-east-1/api.tf"])
    assert {"CKV_AWS_120", "CKV_AWS_59"} <= {check for check, _ in told}
