"""Terraform as a program: what it says when it is interrupted is no failure of it."""

import os

import pytest

from narrowgate.deploy.terraform import Terraform
from narrowgate.model.errors import DeploymentError


def terraform_that_says(words, folder, monkeypatch):
    """One that says so to everything, and fails."""
    program = folder / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{words}'\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return Terraform(folder, dict(os.environ), lambda _: None)


def test_an_interruption_that_only_terraform_heard_is_one(tmp_path, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        terraform_that_says("Interrupt received.", tmp_path, monkeypatch).apply()


def test_a_failure_is_none(tmp_path, monkeypatch):
    with pytest.raises(DeploymentError, match="no credentials"):
        terraform_that_says("Error: no credentials", tmp_path, monkeypatch).apply()
