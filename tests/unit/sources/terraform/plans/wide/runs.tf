resource "aws_cloudwatch_event_target" "nightly" {
  rule     = "nightly"
  arn      = aws_ecs_cluster.main.arn
  role_arn = aws_iam_role.listed.arn

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.plain.arn
    launch_type         = "FARGATE"
    platform_version    = "1.3.0"

    network_configuration {
      subnets          = [aws_subnet.public.id]
      security_groups  = [aws_security_group.inline.id]
      assign_public_ip = true
    }
  }
}

resource "aws_cloudwatch_event_target" "queue" {
  rule = "nightly"
  arn  = "arn:aws:sqs:eu-west-1:111122223333:queue"
}

resource "aws_scheduler_schedule" "hourly" {
  name                = "hourly"
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.main.arn
    role_arn = aws_iam_role.listed.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.plain.arn

      capacity_provider_strategy {
        capacity_provider = "FARGATE"
      }

      network_configuration {
        subnets         = [aws_subnet.private[1].id]
        security_groups = [aws_security_group.inline.id]
      }
    }
  }
}

resource "aws_sfn_state_machine" "flow" {
  name     = "flow"
  role_arn = aws_iam_role.listed.arn
  definition = jsonencode({
    StartAt = "Both"
    States = {
      Both = {
        Type = "Parallel"
        End  = true
        Branches = [{
          StartAt = "Left"
          States = {
            Left = {
              Type     = "Task"
              End      = true
              Resource = "arn:aws:states:::ecs:runTask.sync"
              Parameters = {
                LaunchType     = "FARGATE"
                Cluster        = aws_ecs_cluster.main.arn
                TaskDefinition = "plain"
                NetworkConfiguration = {
                  AwsvpcConfiguration = {
                    Subnets        = ["subnet-0123456789abcdef0"]
                    SecurityGroups = ["sg-0123456789abcdef0"]
                    AssignPublicIp = "ENABLED"
                  }
                }
                Overrides = { ExecutionRoleArn = "arn:aws:iam::111122223333:role/ecs/exec" }
              }
            }
          }
        }]
      }
      Each = {
        Type = "Map"
        End  = true
        ItemProcessor = {
          StartAt = "Right"
          States = {
            Right = {
              Type     = "Task"
              End      = true
              Resource = "arn:aws:states:::ecs:runTask"
              Parameters = {
                LaunchType         = "FARGATE"
                "TaskDefinition.$" = "$.definition"
              }
            }
          }
        }
      }
    }
  })
}

resource "aws_batch_compute_environment" "fargate" {
  compute_environment_name = "fargate"
  type                     = "MANAGED"

  compute_resources {
    type               = "FARGATE"
    max_vcpus          = 4
    subnets            = [aws_subnet.private[0].id]
    security_group_ids = [aws_security_group.inline.id]
  }
}

resource "aws_batch_job_definition" "job" {
  name                  = "job"
  type                  = "container"
  platform_capabilities = ["FARGATE"]

  container_properties = jsonencode({
    image                        = "public.ecr.aws/docker/library/busybox:1"
    executionRoleArn             = "arn:aws:iam::111122223333:role/ecs/exec"
    networkConfiguration         = { assignPublicIp = "ENABLED" }
    fargatePlatformConfiguration = { platformVersion = "1.4.0" }
    resourceRequirements         = [{ type = "VCPU", value = "0.25" }, { type = "MEMORY", value = "512" }]
    volumes                      = [{ name = "data", efsVolumeConfiguration = { fileSystemId = "fs-0123456789abcdef0", transitEncryption = "ENABLED" } }]
  })
}

resource "aws_batch_job_definition" "on_ec2" {
  name                 = "on-ec2"
  type                 = "container"
  container_properties = jsonencode({ image = "busybox", vcpus = 1, memory = 64 })
}
