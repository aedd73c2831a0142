# The private network with its interface endpoints from one map, in subnets from a local map.

data "aws_region" "current" {}

variable "environment" {
  type    = string
  default = "test"
}

variable "endpoints" {
  type = map(object({
    private_dns = optional(bool, true)
  }))
  default = {
    "ecr.api"        = {}
    "ecr.dkr"        = {}
    "logs"           = {}
    "secretsmanager" = {}
  }
}

locals {
  subnets = {
    private-a = { cidr = "10.0.1.0/24", zone = "a", tier = "private" }
    private-b = { cidr = "10.0.2.0/24", zone = "b", tier = "private" }
    data-a    = { cidr = "10.0.11.0/24", zone = "a", tier = "data" }
  }

  private = [for name, subnet in local.subnets : name if subnet.tier == "private"]
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "this" {
  for_each          = local.subnets
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value.cidr
  availability_zone = "${data.aws_region.current.name}${each.value.zone}"
}

resource "aws_route_table" "this" {
  for_each = toset(distinct([for subnet in local.subnets : subnet.tier]))
  vpc_id   = aws_vpc.main.id
}

resource "aws_route_table_association" "this" {
  for_each       = local.subnets
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.value.tier].id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${data.aws_region.current.name}.s3"
  vpc_endpoint_type = "Gateway"
}

resource "aws_vpc_endpoint_route_table_association" "s3" {
  for_each        = aws_route_table.this
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = each.value.id
}

resource "aws_vpc_endpoint" "interface" {
  for_each = { for name, entry in var.endpoints : name => entry if var.environment != "dev" }

  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for name in local.private : aws_subnet.this[name].id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = each.value.private_dns
}

resource "aws_security_group" "endpoints" {
  name   = "endpoints"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each          = toset(local.private)
  security_group_id = aws_security_group.endpoints.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = aws_subnet.this[each.key].cidr_block
}

resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.main.id

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = [for name in local.private : aws_subnet.this[name].id]
    security_groups = [aws_security_group.app.id]
  }
}
