resource "aws_vpc" "hub" {
  cidr_block           = "10.9.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "hub" {
  count             = 2
  vpc_id            = aws_vpc.hub.id
  cidr_block        = "10.9.${count.index + 1}.0/24"
  availability_zone = ["eu-west-1a", "eu-west-1b"][count.index]
}

resource "aws_route_table" "hub" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_route" "from_hub" {
  route_table_id         = aws_route_table.hub.id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway_vpc_attachment.hub.transit_gateway_id
}

resource "aws_route_table_association" "hub" {
  count          = 2
  subnet_id      = aws_subnet.hub[count.index].id
  route_table_id = aws_route_table.hub.id
}

resource "aws_security_group" "hub" {
  name   = "hub-endpoints"
  vpc_id = aws_vpc.hub.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_vpc_endpoint" "hub" {
  for_each            = local.services
  vpc_id              = aws_vpc.hub.id
  service_name        = "com.amazonaws.eu-west-1.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.hub[*].id
  security_group_ids  = [aws_security_group.hub.id]
  private_dns_enabled = false
}

resource "aws_route53_zone" "hub" {
  for_each = local.services
  name     = "${each.value}.eu-west-1.amazonaws.com"

  vpc {
    vpc_id = aws_vpc.hub.id
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "spoke" {
  for_each = local.services
  zone_id  = aws_route53_zone.hub[each.key].zone_id
  vpc_id   = aws_vpc.main.id
}

resource "aws_route53_record" "hub" {
  for_each = local.services
  zone_id  = aws_route53_zone.hub[each.key].zone_id
  name     = ""
  type     = "A"

  alias {
    name                   = aws_vpc_endpoint.hub[each.key].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.hub[each.key].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "registries" {
  zone_id = aws_route53_zone.hub["ecr.dkr"].zone_id
  name    = "*"
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.hub["ecr.dkr"].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.hub["ecr.dkr"].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}
