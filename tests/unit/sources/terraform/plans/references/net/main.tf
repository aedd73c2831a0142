variable "single" { default = true }
resource "aws_vpc" "this" {
  count      = 1
  cidr_block = "10.0.0.0/16"
}
locals { vpc_id = aws_vpc.this[0].id }
resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.this[0].id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
}
resource "aws_subnet" "public" {
  count      = 2
  vpc_id     = local.vpc_id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index + 10)
}
resource "aws_internet_gateway" "g" { vpc_id = one(aws_vpc.this[*].id) }
resource "aws_eip" "e" { count = var.single ? 1 : 2 }
resource "aws_nat_gateway" "n" {
  count         = var.single ? 1 : 2
  allocation_id = element(aws_eip.e[*].id, count.index)
  subnet_id     = element(aws_subnet.public[*].id, count.index)
}
resource "aws_route_table" "private" {
  count  = 2
  vpc_id = aws_vpc.this[0].id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n[var.single ? 0 : count.index].id
  }
}
resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, count.index)
}
resource "aws_security_group" "app" {
  for_each = toset(["app", "web"])
  vpc_id   = local.vpc_id
  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [aws_security_group.x.id]
  }
  ingress {
    from_port       = 80
    to_port         = 80
    protocol        = "tcp"
    security_groups = [aws_security_group.y.id]
    cidr_blocks     = [for s in aws_subnet.private : s.cidr_block]
  }
}
resource "aws_security_group" "x" { vpc_id = aws_vpc.this[0].id }
resource "aws_security_group" "y" { vpc_id = aws_vpc.this[0].id }
output "private" { value = aws_subnet.private[*].id }
output "tables" { value = [for t in aws_route_table.private : t.id] }
output "sg_ids" { value = { for k, g in aws_security_group.app : k => g.id } }
output "all" { value = { vpc_id = local.vpc_id, private = aws_subnet.private[*].id } }
