resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(["ecr.api", "ecr.dkr", "logs"])
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${var.region}.${each.value}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.private[0].id]
  security_group_ids  = [aws_security_group.inline.id]
  private_dns_enabled = true
}

resource "aws_vpc_endpoint" "plain" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.secretsmanager"
  vpc_endpoint_type = "Interface"
}

resource "aws_vpc_endpoint_subnet_association" "plain" {
  vpc_endpoint_id = aws_vpc_endpoint.plain.id
  subnet_id       = aws_subnet.private[1].id
}

resource "aws_vpc_endpoint_security_group_association" "plain" {
  vpc_endpoint_id   = aws_vpc_endpoint.plain.id
  security_group_id = aws_security_group.inline.id
}

resource "aws_vpc_endpoint_private_dns" "plain" {
  vpc_endpoint_id     = aws_vpc_endpoint.plain.id
  private_dns_enabled = true
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.${var.region}.s3"
  route_table_ids = [aws_route_table.private.id]
}

resource "aws_vpc_endpoint_route_table_association" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  route_table_id  = aws_route_table.public.id
}

resource "aws_vpc_endpoint_policy" "s3" {
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }]
  })
}

resource "aws_networkfirewall_firewall" "wall" {
  name                = "wall"
  firewall_policy_arn = "arn:aws:network-firewall:eu-west-1:111122223333:firewall-policy/wall"
  vpc_id              = aws_vpc.main.id

  subnet_mapping {
    subnet_id = aws_subnet.left.id
  }
}
