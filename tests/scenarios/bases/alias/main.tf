# A stack in another region than the provider's default one.

provider "aws" {
  alias                       = "virginia"
  region                      = "us-east-1"
  access_key                  = "example"
  secret_key                  = "example"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

resource "aws_ecr_repository" "app" {
  provider = aws.virginia
  name     = "app"
}

module "stack" {
  source = "./modules/stack"

  providers = {
    aws = aws.virginia
  }

  region         = "us-east-1"
  repository_url = aws_ecr_repository.app.repository_url
}
