resource "aws_ecs_cluster" "main" {
  name = "main"

  configuration {
    execute_command_configuration {
      kms_key_id = aws_kms_key.secrets.arn
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "app"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.exec.arn
  task_role_arn            = "arn:aws:iam::111122223333:role/elsewhere"

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  container_definitions = jsonencode([
    {
      name             = "app"
      image            = "${aws_ecr_repository.app.repository_url}:1"
      secrets          = [{ name = "DB", valueFrom = "${aws_secretsmanager_secret.db.arn}:password::" }]
      environmentFiles = [{ type = "s3", value = "${aws_s3_bucket.env.arn}/app.env" }]
      logConfiguration = {
        logDriver = "awslogs"
        options   = { awslogs-group = aws_cloudwatch_log_group.app.name, awslogs-region = var.region, awslogs-stream-prefix = "app" }
      }
    },
  ])

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id     = aws_efs_file_system.data.id
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = aws_efs_access_point.data.id
        iam             = "ENABLED"
      }
    }
  }
}

resource "aws_ecs_task_definition" "plain" {
  family                   = "plain"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = <<-JSON
    [{"Name": "web", "Image": "nginx:1.27",
      "repositoryCredentials": {"credentialsParameter": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hub-AbCdEf"},
      "logConfiguration": {"logDriver": "splunk", "options": {"splunk-url": "https://logs.example.com:8088", "splunk-format": "raw"},
        "secretOptions": [{"name": "splunk-token", "valueFrom": "/app/token"}]}},
     {"name": "side", "image": "busybox", "essential": false}]
  JSON
}

resource "aws_ecs_task_definition" "ec2" {
  family                   = "ec2"
  requires_compatibilities = ["EC2"]
  container_definitions    = jsonencode([{ name = "a", image = "busybox", memory = 64 }])
}

resource "aws_ecs_task_definition" "idle" {
  family                   = "idle"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions    = jsonencode([{ name = "a", image = "busybox" }])
}

resource "aws_ecs_service" "app" {
  name                   = "app"
  cluster                = aws_ecs_cluster.main.id
  task_definition        = aws_ecs_task_definition.app.arn
  launch_type            = "FARGATE"
  desired_count          = 2
  enable_execute_command = true
  platform_version       = "1.4.0"

  network_configuration {
    subnets         = [aws_subnet.private[0].id, aws_subnet.private[1].id]
    security_groups = [aws_security_group.separate.id]
  }
}

resource "aws_ecs_service" "by_family" {
  name            = "by-family"
  cluster         = aws_ecs_cluster.main.name
  task_definition = aws_ecs_task_definition.plain.family

  network_configuration {
    subnets          = [aws_subnet.public.id]
    assign_public_ip = true
  }
}

resource "aws_ecs_service" "on_ec2" {
  name            = "on-ec2"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.ec2.arn
  launch_type     = "EC2"
}

resource "aws_ecs_service" "outside" {
  name    = "outside"
  cluster = aws_ecs_cluster.main.id

  deployment_controller {
    type = "EXTERNAL"
  }
}

resource "aws_ecs_task_set" "blue" {
  service         = aws_ecs_service.outside.id
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.plain.arn
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = [aws_subnet.private[0].id]
    security_groups = [aws_security_group.inline.id]
  }
}
