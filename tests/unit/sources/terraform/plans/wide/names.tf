resource "aws_route53_zone" "ecr" {
  name = "api.ecr.eu-west-1.amazonaws.com"

  vpc {
    vpc_id = aws_vpc.main.id
  }
}

resource "aws_route53_zone_association" "other" {
  zone_id = aws_route53_zone.ecr.zone_id
  vpc_id  = aws_vpc.other.id
}

resource "aws_route53_record" "top" {
  zone_id = aws_route53_zone.ecr.zone_id
  name    = ""
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.interface["ecr.api"].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.interface["ecr.api"].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "named" {
  zone_id = aws_route53_zone.ecr.zone_id
  name    = "www"
  type    = "CNAME"
  ttl     = 60
  records = ["example.com."]
}

resource "aws_route53_zone" "open" {
  name = "example.org"
}

resource "aws_route53_resolver_rule" "away" {
  domain_name          = "corp.example."
  rule_type            = "FORWARD"
  resolver_endpoint_id = "rslvr-out-0123456789abcdef0"

  target_ip {
    ip = "10.9.0.53"
  }
}

resource "aws_route53_resolver_rule_association" "away" {
  resolver_rule_id = aws_route53_resolver_rule.away.id
  vpc_id           = aws_vpc.main.id
}

resource "aws_route53_resolver_rule_association" "shared" {
  resolver_rule_id = "rslvr-rr-0123456789abcdef0"
  vpc_id           = aws_vpc.main.id
}

resource "aws_route53_resolver_firewall_rule_group_association" "wall" {
  name                   = "wall"
  firewall_rule_group_id = "rslvr-frg-0123456789abcdef0"
  priority               = 101
  vpc_id                 = aws_vpc.main.id
}

resource "aws_service_discovery_private_dns_namespace" "local" {
  name = "app.local"
  vpc  = aws_vpc.main.id
}
