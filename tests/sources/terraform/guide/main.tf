# The guide's estate as an engineer writes it by hand: modules, for_each, outputs, locals, jsonencode, policy documents,
# rules inline and apart. `examples/guide-repaired` tells the same estate as a design.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = var.region
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/network"
  }
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "callers" {
  description = "Ranges that may call private APIs."
  type        = list(string)
  default     = ["10.1.1.0/24", "10.1.2.0/24"]
}

locals {
  stage       = "prod"
  api_host    = "${aws_api_gateway_rest_api.orders.id}.execute-api.${var.region}.amazonaws.com"
  endpoint_id = aws_vpc_endpoint.execute_api.id
  methods     = ["GET/orders", "POST/orders", "GET/orders/*"]
  resolver = {
    inbound  = { for letter, id in module.api.subnets : letter => { subnet = id, ip = { a = "10.0.1.53", b = "10.0.2.53" }[letter] } }
    outbound = { for letter, id in module.requester.subnets : letter => { subnet = id, ip = { a = "10.1.1.53", b = "10.1.2.53" }[letter] } }
  }
}

module "requester" {
  source = "./network"
  name   = "requester"
  cidr   = "10.1.0.0/16"
  peers  = { api = { cidr = module.api.cidr, connection = aws_vpc_peering_connection.this.id } }
}

module "api" {
  source = "./network"
  name   = "api"
  cidr   = "10.0.0.0/16"
  peers  = { requester = { cidr = "10.1.0.0/16", connection = aws_vpc_peering_connection.this.id } }
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id      = module.requester.vpc_id
  peer_vpc_id = module.api.vpc_id
  auto_accept = true
  tags        = { Name = "requester-to-api" }
}

# Another team's endpoint: who is in its VPC may use it.
resource "aws_security_group" "secrets" {
  name   = "secretsmanager"
  vpc_id = module.api.vpc_id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [module.api.cidr]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpc_endpoint" "secrets" {
  vpc_id              = module.api.vpc_id
  service_name        = "com.amazonaws.us-east-1.secretsmanager"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = values(module.api.subnets)
  security_group_ids  = [aws_security_group.secrets.id]
  private_dns_enabled = true
}

resource "aws_route53_zone" "corp" {
  name = "corp.internal"

  vpc {
    vpc_id = module.api.vpc_id
  }
}

resource "aws_route53_record" "db" {
  zone_id = aws_route53_zone.corp.zone_id
  name    = "db"
  type    = "A"
  ttl     = 300
  records = ["10.0.1.20"]
}

# The private API and its endpoint.
resource "aws_security_group" "execute_api" {
  name        = "execute-api"
  description = "admits callers of private APIs to the endpoint in api"
  vpc_id      = module.api.vpc_id
  tags        = { Name = "api-execute-api" }
}

resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each          = toset(var.callers)
  security_group_id = aws_security_group.execute_api.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "execute_api" {
  vpc_id              = module.api.vpc_id
  service_name        = "com.amazonaws.${var.region}.execute-api"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for letter in ["a", "b"] : module.api.subnets[letter]]
  security_group_ids  = [aws_security_group.execute_api.id]
  private_dns_enabled = true
  tags                = { Name = "api-execute-api" }
}

resource "aws_vpc_endpoint_policy" "execute_api" {
  vpc_endpoint_id = aws_vpc_endpoint.execute_api.id
  policy          = data.aws_iam_policy_document.endpoint.json
}

data "aws_iam_policy_document" "endpoint" {
  statement {
    sid       = "OnlyOrders"
    actions   = ["execute-api:Invoke"]
    resources = [for each in local.methods : "${aws_api_gateway_rest_api.orders.execution_arn}/${local.stage}/${each}"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"

  endpoint_configuration {
    types = ["PRIVATE"]
  }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "WebThroughItsEndpoint"
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = [for each in local.methods : "execute-api:/${local.stage}/${each}"]
      Condition = {
        StringEquals = { "aws:SourceVpce" = local.endpoint_id }
      }
    }]
  })
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  parent_id   = aws_api_gateway_rest_api.orders.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_resource" "order" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  parent_id   = aws_api_gateway_resource.orders.id
  path_part   = "{id}"
}

resource "aws_api_gateway_method" "orders" {
  for_each      = toset(["GET", "POST"])
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = each.key
  authorization = "NONE"
}

resource "aws_api_gateway_method" "order" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_resource.order.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_deployment" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  triggers    = { policy = sha1(aws_api_gateway_rest_api.orders.policy) }
  depends_on  = [aws_api_gateway_method.orders, aws_api_gateway_method.order]
}

resource "aws_api_gateway_stage" "orders" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  deployment_id = aws_api_gateway_deployment.orders.id
  stage_name    = local.stage
}

# A public API of the same Region, written as OpenAPI.
resource "aws_api_gateway_rest_api" "status" {
  name = "status"

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "status", version = "1" }
    paths = {
      "/status" = {
        get = {
          "x-amazon-apigateway-auth" = { type = "NONE" }
          responses                  = {}
        }
      }
    }
  })

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_deployment" "status" {
  rest_api_id = aws_api_gateway_rest_api.status.id
}

resource "aws_api_gateway_stage" "status" {
  rest_api_id   = aws_api_gateway_rest_api.status.id
  deployment_id = aws_api_gateway_deployment.status.id
  stage_name    = local.stage
}

# Names: inbound and outbound Resolver endpoints, and a rule for the one API.
resource "aws_security_group" "inbound" {
  name   = "inbound"
  vpc_id = module.api.vpc_id
  tags   = { Name = "api-inbound-resolver" }

  dynamic "ingress" {
    for_each = ["udp", "tcp"]

    content {
      from_port   = 53
      to_port     = 53
      protocol    = ingress.value
      cidr_blocks = [for each in values(local.resolver.outbound) : "${each.ip}/32"]
    }
  }
}

resource "aws_security_group" "outbound" {
  name   = "outbound"
  vpc_id = module.requester.vpc_id
  tags   = { Name = "requester-outbound-resolver" }
}

resource "aws_security_group_rule" "outbound" {
  for_each          = toset(["udp", "tcp"])
  type              = "egress"
  security_group_id = aws_security_group.outbound.id
  protocol          = each.key
  from_port         = 53
  to_port           = 53
  cidr_blocks       = ["10.0.1.53/32", "10.0.2.53/32"]
}

resource "aws_route53_resolver_endpoint" "inbound" {
  name               = "api-inbound"
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.inbound.id]

  dynamic "ip_address" {
    for_each = local.resolver.inbound
    iterator = place

    content {
      subnet_id = place.value.subnet
      ip        = place.value.ip
    }
  }
}

resource "aws_route53_resolver_endpoint" "outbound" {
  name               = "requester-outbound"
  direction          = "OUTBOUND"
  security_group_ids = [aws_security_group.outbound.id]

  ip_address {
    subnet_id = module.requester.subnets["a"]
    ip        = "10.1.1.53"
  }

  ip_address {
    subnet_id = module.requester.subnets["b"]
    ip        = "10.1.2.53"
  }
}

resource "aws_route53_resolver_rule" "orders" {
  name                 = "orders"
  rule_type            = "FORWARD"
  domain_name          = local.api_host
  resolver_endpoint_id = aws_route53_resolver_endpoint.outbound.id

  dynamic "target_ip" {
    for_each = local.resolver.inbound

    content {
      ip = target_ip.value.ip
    }
  }
}

resource "aws_route53_resolver_rule_association" "orders" {
  resolver_rule_id = aws_route53_resolver_rule.orders.id
  vpc_id           = module.requester.vpc_id
}
