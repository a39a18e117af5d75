"""Findings point at the line that is to be changed: of a part that is a resource, or a property, of its own."""

import pytest

from narrowgate import api
from narrowgate.audit.run import audit

TERRAFORM = """\
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}
resource "aws_vpc" "api" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.api.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}
resource "aws_security_group" "endpoint" {
  vpc_id = aws_vpc.api.id
}
resource "aws_vpc_security_group_ingress_rule" "open" { # EPT004
  security_group_id = aws_security_group.endpoint.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}
resource "aws_vpc_endpoint" "api" { # EPT001
  vpc_id             = aws_vpc.api.id
  service_name       = "com.amazonaws.us-east-1.execute-api"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.a.id]
  security_group_ids = [aws_security_group.endpoint.id]
}
resource "aws_vpc_endpoint_policy" "api" { # EPT007
  vpc_endpoint_id = aws_vpc_endpoint.api.id
  policy          = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
  endpoint_configuration {
    types = ["PRIVATE"]
  }
}
resource "aws_api_gateway_rest_api_policy" "orders" { # POL001
  rest_api_id = aws_api_gateway_rest_api.orders.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*"
    }]
  })
}
resource "aws_route" "own" { # NET020
  route_table_id            = aws_vpc.api.main_route_table_id
  destination_cidr_block    = "10.0.5.0/24"
  vpc_peering_connection_id = "pcx-0123456789abcdef0"
}
"""
TEMPLATE = """\
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: endpoint
      SecurityGroupIngress: # EPT004
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: com.amazonaws.us-east-1.execute-api
      SecurityGroupIds: [!Ref Group]
      SubnetIds: [!Ref Subnet] # EPT001
      PolicyDocument: # EPT007
        Version: "2012-10-17"
        Statement: []
  Orders:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      EndpointConfiguration: {Types: [PRIVATE]}
      Policy: # POL001
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*}
"""


@pytest.mark.parametrize(("name", "text"), [("main.tf", TERRAFORM), ("template.yaml", TEMPLATE)])
def test_a_finding_stands_at_the_line_of_the_part(name, text, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    file = tmp_path / name
    file.write_text(text)
    found = {each.rule: each.location for each in audit(api.load(tmp_path if name == "main.tf" else file))}
    wanted = {line.partition("# ")[2]: at for at, line in enumerate(text.splitlines(), start=1) if "# " in line}
    assert {rule: found[rule].line for rule in wanted} == wanted
    assert {found[rule].file for rule in wanted} == {str(file)}
