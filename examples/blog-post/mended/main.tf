terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

# The flags let `terraform plan` run without an AWS account; take them out to apply.
provider "aws" {
  region                      = var.region
  access_key                  = "example"
  secret_key                  = "example"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "platform_version" {
  type    = string
  default = "1.4.0"
}

module "vpc" {
  source = "../modules/vpc"

  name  = "orders"
  cidr  = "10.0.0.0/16"
  zones = ["${var.region}a", "${var.region}b"]
}
