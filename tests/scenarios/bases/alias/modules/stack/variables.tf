variable "region" {
  type = string
}

variable "repository_url" {
  type = string
}
