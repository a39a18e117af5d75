# Forms that mean the same, defaults that the provider adds, and what EC2 makes with a VPC taken over.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}

variable "open" {
  type    = bool
  default = false
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index + 1)
  availability_zone = ["us-east-1a", "us-east-1b"][count.index]
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
  subnet_ids             = aws_subnet.this[*].id

  ingress {
    rule_no    = 10
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "10.0.0.0/8"
    from_port  = 443
    to_port    = 443
  }
}

resource "aws_default_route_table" "this" {
  default_route_table_id = aws_vpc.this.default_route_table_id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block                = "10.1.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.this.id
  }
}

resource "aws_main_route_table_association" "this" {
  vpc_id         = aws_vpc.this.id
  route_table_id = aws_route_table.this.id
}

resource "aws_vpc" "peer" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id      = aws_vpc.this.id
  peer_vpc_id = aws_vpc.peer.id
}

# One rule by each of the three ways to write it.
resource "aws_security_group" "inline" {
  name   = "inline"
  vpc_id = aws_vpc.this.id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    cidr_blocks     = ["10.1.0.0/16"]
    security_groups = [aws_security_group.client.id]
    self            = true
  }
}

resource "aws_security_group" "old" {
  name   = "old"
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group_rule" "ranges" {
  type              = "ingress"
  security_group_id = aws_security_group.old.id
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["10.1.0.0/16"]
}

resource "aws_security_group_rule" "self" {
  type              = "ingress"
  security_group_id = aws_security_group.old.id
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  self              = true
}

resource "aws_security_group_rule" "client" {
  type                     = "ingress"
  security_group_id        = aws_security_group.old.id
  protocol                 = "tcp"
  from_port                = 443
  to_port                  = 443
  source_security_group_id = aws_security_group.client.id
}

resource "aws_security_group" "new" {
  name   = "new"
  vpc_id = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "new" {
  for_each                     = { range = null, client = aws_security_group.client.id, self = aws_security_group.new.id }
  security_group_id            = aws_security_group.new.id
  cidr_ipv4                    = each.key == "range" ? "10.1.0.0/16" : null
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_security_group" "client" {
  name   = "client"
  vpc_id = aws_vpc.this.id

  dynamic "egress" {
    for_each = var.open ? [] : [aws_vpc.this.cidr_block]

    content {
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
      cidr_blocks = [egress.value]
    }
  }
}

# An endpoint in pieces.
resource "aws_vpc_endpoint" "pieces" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.us-east-1.execute-api"
  vpc_endpoint_type = "Interface"
}

resource "aws_vpc_endpoint_subnet_association" "pieces" {
  count           = 2
  vpc_endpoint_id = aws_vpc_endpoint.pieces.id
  subnet_id       = aws_subnet.this[count.index].id
}

resource "aws_vpc_endpoint_security_group_association" "pieces" {
  vpc_endpoint_id             = aws_vpc_endpoint.pieces.id
  security_group_id           = aws_security_group.inline.id
  replace_default_association = true
}

resource "aws_vpc_endpoint_private_dns" "pieces" {
  vpc_endpoint_id     = aws_vpc_endpoint.pieces.id
  private_dns_enabled = true
}

# A policy as text with a reference in it.
resource "aws_api_gateway_rest_api" "text" {
  name = "text"

  endpoint_configuration {
    types            = ["PRIVATE"]
    vpc_endpoint_ids = [aws_vpc_endpoint.pieces.id]
  }

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": {"StringEquals": {"aws:SourceVpce": "${aws_vpc_endpoint.pieces.id}"}}
      }]
    }
  EOT
}

resource "aws_lambda_function" "caller" {
  function_name = "caller"
  role          = "arn:aws:iam::111122223333:role/caller"
  handler       = "app.handler"
  runtime       = "python3.12"
  s3_bucket     = "code"
  s3_key        = "caller.zip"

  vpc_config {
    subnet_ids         = aws_subnet.this[*].id
    security_group_ids = [aws_security_group.client.id]
  }

  environment {
    variables = { TOKEN = "never-told-to-anybody" }
  }
}

resource "aws_networkfirewall_firewall" "unknown" {
  name                = "inspection"
  firewall_policy_arn = "arn:aws:network-firewall:us-east-1:111122223333:firewall-policy/p"
  vpc_id              = aws_vpc.this.id

  subnet_mapping {
    subnet_id = aws_subnet.this[0].id
  }
}
