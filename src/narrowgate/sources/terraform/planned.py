"""A folder read by `terraform plan` with dummy credentials, on a copy with an override file."""

from pathlib import Path

from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.document import decode_document
from narrowgate.sources.terraform.hcl.syntax import Block, Literal
from narrowgate.sources.terraform.load import snapshot_of
from narrowgate.sources.terraform.program import copied, initialise, run
from narrowgate.sources.terraform.text import Texts

OVERRIDE = "zz_narrowgate_override.tf"


def snapshot_by_plan(folder: Path, assume_complete: bool = False) -> Snapshot:
    """Plan on a copy, with neither credentials nor network, and read that plan.

    Raises:
        TerraformFailed: Terraform could not plan it, for one because a data source has to ask AWS.
        InputError: the plan cannot be read.
    """
    texts = Texts(folder)
    with copied(folder) as copy:
        (copy / OVERRIDE).write_text(override(texts), encoding="utf-8")
        initialise(copy, folder, backend=True)
        run(
            copy,
            "plan",
            "-refresh=false",
            "-lock=false",
            "-input=false",
            "-no-color",
            "-out=narrowgate.tfplan",
            source=folder,
        )
        shown = run(copy, "show", "-json", "narrowgate.tfplan", source=folder)
    document = decode_document(shown.encode(), folder / "plan.json")
    return snapshot_of(document, folder, texts, assume_complete=assume_complete)


def override(texts: Texts) -> str:
    """The file that Terraform lays over the user's: a local backend, and providers that ask nobody."""
    blocks = [each for each in texts.root.blocks if each.type == "provider" and each.labels == ("aws",)]
    by_alias: dict[str, Block | None] = {"": None, **{_alias(each): each for each in blocks}}
    return 'terraform {\n  backend "local" {}\n}\n' + "".join(
        _provider(alias, block) for alias, block in sorted(by_alias.items())
    )


def aliases(texts: Texts) -> list[str]:
    """The aliases of the AWS provider, `""` for the default one."""
    blocks = (each for each in texts.root.blocks if each.type == "provider" and each.labels == ("aws",))
    return sorted({"", *(_alias(each) for each in blocks)})


def _alias(block: Block) -> str:
    written = block.body.attributes.get("alias")
    value = written.value if written else None
    return str(value.value) if isinstance(value, Literal) else ""


def _provider(alias: str, block: Block | None) -> str:
    lines = ['provider "aws" {']
    if alias:
        lines.append(f'  alias = "{alias}"')
    lines += [
        '  access_key                  = "x"',
        '  secret_key                  = "x"',
        "  profile                     = null",
        "  allowed_account_ids         = null",
        "  forbidden_account_ids       = null",
        "  skip_credentials_validation = true",
        "  skip_requesting_account_id  = true",
        "  skip_metadata_api_check     = true",
    ]
    if block is not None and any(block.body.of_type("assume_role")):
        lines += ["  assume_role {", "  }"]
    return "\n".join([*lines, "}", ""])
