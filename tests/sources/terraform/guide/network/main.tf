variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "peers" {
  type    = map(object({ cidr = string, connection = string }))
  default = {}
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "this" {
  for_each          = { a = 1, b = 2 }
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 8, each.value)
  availability_zone = "us-east-1${each.key}"
  tags              = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_route_table_association" "this" {
  for_each       = aws_subnet.this
  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}

resource "aws_route" "peers" {
  for_each                  = var.peers
  route_table_id            = aws_route_table.this.id
  destination_cidr_block    = each.value.cidr
  vpc_peering_connection_id = each.value.connection
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "cidr" {
  value = aws_vpc.this.cidr_block
}

output "subnets" {
  value = { for letter, subnet in aws_subnet.this : letter => subnet.id }
}
