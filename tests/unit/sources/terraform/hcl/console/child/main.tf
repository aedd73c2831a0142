variable "in" {
  type    = string
  default = "d"
}
variable "n" { default = 0 }
output "out" { value = "${var.in}-${var.n}" }
output "obj" { value = { k = var.in } }
output "list" { value = [var.in, "${path.module}"] }
