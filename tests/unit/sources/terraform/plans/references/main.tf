terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
module "net" { source = "./net" }
module "svc" {
  source = "./svc"
  for_each = {
    a = { subnets = module.net.private, sg = module.net.sg_ids["app"] }
    b = { subnets = [module.net.private[0]], sg = module.net.sg_ids["web"] }
  }
  cfg  = each.value
  name = each.key
  vpc  = module.net.all
}
resource "aws_vpc_endpoint" "if" {
  for_each           = toset(["ecr.api", "ecr.dkr", "logs"])
  vpc_id             = module.net.all.vpc_id
  service_name       = "com.amazonaws.eu-west-1.${each.value}"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = module.net.private
  security_group_ids = [module.net.sg_ids["web"], "sg-0123456789abcdef0"]
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = module.net.all.vpc_id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = module.net.tables
}
