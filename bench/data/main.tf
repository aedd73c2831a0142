# The configuration behind plan.json: a private network, complete, with one service.
# See README.md for how the plan is made; bench/scale.py makes larger ones of it.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

variable "networks" {
  type    = number
  default = 1
}

variable "services" {
  type    = number
  default = 1
}

variable "rules" {
  type    = number
  default = 1
}

module "net" {
  source = "./service"
  count  = var.networks

  name     = "orders-${count.index}"
  services = var.services
  rules    = var.rules
}
