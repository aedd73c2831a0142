variable "name" {
  type = string
}

variable "cluster_arn" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "egress_port" {
  type = number
}

variable "with_secret" {
  type = bool
}

resource "aws_ecr_repository" "this" {
  name = var.name
}

resource "aws_secretsmanager_secret" "this" {
  count = var.with_secret ? 1 : 0
  name  = "${var.name}/db"
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  security_group_id = aws_security_group.this.id
  ip_protocol       = "tcp"
  from_port         = var.egress_port
  to_port           = var.egress_port
  cidr_ipv4         = "0.0.0.0/0"
}

module "task" {
  source = "../task"

  name        = var.name
  image       = "${aws_ecr_repository.this.repository_url}:latest"
  secret_arns = { for index, secret in aws_secretsmanager_secret.this : "SECRET_${index}" => secret.arn }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster_arn
  task_definition = module.task.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = var.subnet_ids
    security_groups = aws_security_group.this[*].id
  }
}
