# The region is a variable.
variable "region" {
  type = string
}

variable "partition" {
  type    = string
  default = "aws"
}

variable "suffix" {
  type    = string
  default = "amazonaws.com"
}

variable "ecr" {
  type    = string
  default = "com.amazonaws"
}

variable "registry" {
  type    = string
  default = "dkr.ecr"
}

provider "aws" {
  region                      = var.region
  access_key                  = "example"
  secret_key                  = "example"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
}
