# Two levels of modules: services by for_each, each with a module for its task definition.

module "network" {
  source = "./modules/network"

  cidr    = "10.0.0.0/16"
  zones   = ["eu-west-1a", "eu-west-1b"]
  use_nat = var.use_nat
}

variable "use_nat" {
  type    = bool
  default = true
}

variable "services" {
  type = map(object({
    egress_port = optional(number, 443)
    secret      = optional(bool, false)
  }))
  default = {
    api    = { secret = true }
    worker = {}
  }
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

module "service" {
  source   = "./modules/service"
  for_each = var.services

  name        = each.key
  cluster_arn = aws_ecs_cluster.main.arn
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  egress_port = each.value.egress_port
  with_secret = each.value.secret
}
