variable "list" {
  type    = list(string)
  default = ["a", 1]
}
variable "object" {
  type = object({
    name = string
    port = optional(number)
    opt  = optional(string)
    def  = optional(list(string), ["z"])
    tags = map(string)
  })
  default = { name = 5, port = "80", tags = { a = 1, b = true }, extra = 1 }
}
variable "map" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "nul" {
  default = null
}
variable "any" {
  type    = any
  default = { a = [1, "x"] }
}
locals {
  l1    = "one"
  l2    = "${local.l1}-two"
  l3    = [local.l1, local.l2]
  chain = "${local.l2}-three"
}
module "child" {
  source = "./child"
  in     = local.chain
}
module "counted" {
  source = "./child"
  count  = 2
  n      = count.index
}
module "each" {
  source   = "./child"
  for_each = toset(["a", "b"])
  in       = each.key
  n        = each.value
}
