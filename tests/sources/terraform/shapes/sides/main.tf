# Two accounts and two Regions: a peering that the other side accepts, a zone that it associates.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/hub"
  }
}

provider "aws" {
  alias  = "spoke"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/spoke"
  }
}

module "hub" {
  source = "./side"
  cidr   = "10.0.0.0/16"
}

module "spokes" {
  source   = "./side"
  for_each = { shop = "10.1.0.0/16", bank = "10.2.0.0/16" }
  cidr     = each.value

  providers = {
    aws = aws.spoke
  }
}

resource "aws_vpc_peering_connection" "this" {
  for_each      = module.spokes
  vpc_id        = module.hub.vpc_id
  peer_vpc_id   = each.value.vpc_id
  peer_owner_id = "444455556666"
  peer_region   = "eu-west-1"
}

resource "aws_vpc_peering_connection_accepter" "shop" {
  provider                  = aws.spoke
  vpc_peering_connection_id = aws_vpc_peering_connection.this["shop"].id
  auto_accept               = true
}

resource "aws_vpc_peering_connection_options" "hub" {
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.shop.id

  requester {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_route53_zone" "this" {
  name = "orders.example.com"

  vpc {
    vpc_id = module.hub.vpc_id
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_vpc_association_authorization" "spokes" {
  for_each   = module.spokes
  zone_id    = aws_route53_zone.this.zone_id
  vpc_id     = each.value.vpc_id
  vpc_region = "eu-west-1"
}

resource "aws_route53_zone_association" "spokes" {
  for_each = aws_route53_vpc_association_authorization.spokes
  provider = aws.spoke
  zone_id  = each.value.zone_id
  vpc_id   = each.value.vpc_id
}
