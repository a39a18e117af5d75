# Origin: written for narrowgate, in the shape of a private API whose network comes from a registry's module.
provider "aws" {
  region = var.region
}

variable "region" {
  default = "us-east-1"
}

module "network" {
  source  = "example-corp/network/aws"
  version = "~> 3.1"
  name    = "core"
}

data "aws_iam_policy_document" "api" {
  statement {
    actions   = ["execute-api:Invoke"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_api_gateway_rest_api" "this" {
  name   = "orders"
  policy = data.aws_iam_policy_document.api.json
  body   = templatefile("${path.module}/openapi.yaml.tpl", { region = var.region })

  endpoint_configuration {
    types            = ["PRIVATE"]
    vpc_endpoint_ids = [module.network.endpoint_id]
  }
}
