variable "cfg" {}
variable "name" {}
variable "vpc" {}
resource "aws_iam_role" "exec" {
  name_prefix        = "x"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_ecs_task_definition" "t" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.exec.arn
  container_definitions    = jsonencode([{ name = "a", image = "${aws_ecr_repository.r.repository_url}:1", memory = 128, logConfiguration = { logDriver = "awslogs", options = { "awslogs-group" = aws_cloudwatch_log_group.l.name } } }])
}
resource "aws_ecr_repository" "r" { name = "repo-${var.name}" }
resource "aws_cloudwatch_log_group" "l" { name_prefix = "x" }
resource "aws_ecs_service" "s" {
  name            = var.name
  cluster         = "default"
  task_definition = "${aws_ecs_task_definition.t.family}:${max(aws_ecs_task_definition.t.revision, 3)}"
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = var.cfg.subnets
    security_groups = [var.cfg.sg]
  }
}
