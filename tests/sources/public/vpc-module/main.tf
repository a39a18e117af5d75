# Origin: written for narrowgate, in the shape of an estate on the popular kind of VPC module.
terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

locals {
  name   = "ex-${basename(path.cwd)}"
  region = "eu-west-1"
  azs    = slice(["eu-west-1a", "eu-west-1b", "eu-west-1c"], 0, 2)
  cidr   = "10.80.0.0/16"
  rules = {
    https = { port = 443, cidrs = [local.cidr] }
    dns   = { port = 53, cidrs = ["10.81.0.0/16"], protocol = "udp" }
  }
}

provider "aws" {
  region              = local.region
  allowed_account_ids = ["111122223333"]

  default_tags {
    tags = { Owner = "network" }
  }
}

module "vpc" {
  source = "./modules/vpc"

  name             = local.name
  cidr             = local.cidr
  azs              = local.azs
  private_subnets  = [for k, v in local.azs : cidrsubnet(local.cidr, 8, k)]
  public_subnets   = [for k, v in local.azs : cidrsubnet(local.cidr, 8, k + 4)]
  enable_nat       = true
  single_nat       = true
  flow_log_options = try({ log_format = null }, {})
}

resource "aws_security_group" "endpoint" {
  name_prefix = "endpoint-"
  vpc_id      = module.vpc.vpc_id

  dynamic "ingress" {
    for_each = { for name, rule in local.rules : name => rule if rule.port > 0 }
    content {
      description = ingress.key
      from_port   = ingress.value.port
      to_port     = lookup(ingress.value, "to", ingress.value.port)
      protocol    = try(ingress.value.protocol, "tcp")
      cidr_blocks = ingress.value.cidrs
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_endpoint" "this" {
  for_each = toset(["execute-api", "logs"])

  vpc_id              = module.vpc.vpc_id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = module.vpc.private_subnets
  security_group_ids  = compact([try(aws_security_group.endpoint.id, null), ""])
  private_dns_enabled = each.key == "execute-api"
}

resource "aws_networkmanager_core_network" "wan" {
  global_network_id = "global-network-0123456789abcdef0"
}
