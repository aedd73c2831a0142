resource "aws_security_group" "inline" {
  vpc_id = aws_vpc.main.id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    cidr_blocks     = ["10.0.0.0/16", "10.1.0.0/16"]
    security_groups = [aws_security_group.listed.id]
    self            = true
  }

  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_security_group" "listed" {
  vpc_id = aws_vpc.main.id

  ingress = []
  egress = [{
    description      = "to the store of layers"
    from_port        = 443
    to_port          = 443
    protocol         = "TCP"
    cidr_blocks      = []
    ipv6_cidr_blocks = []
    prefix_list_ids  = [aws_vpc_endpoint.s3.prefix_list_id]
    security_groups  = []
    self             = false
  }]
}

resource "aws_security_group" "separate" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.separate.id
  type              = "egress"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "within" {
  security_group_id = aws_security_group.separate.id
  type              = "ingress"
  from_port         = 0
  to_port           = 65535
  protocol          = "tcp"
  self              = true
}

resource "aws_security_group_rule" "between" {
  security_group_id        = aws_security_group.separate.id
  type                     = "ingress"
  from_port                = 2049
  to_port                  = 2049
  protocol                 = "tcp"
  source_security_group_id = aws_security_group.inline.id
}

resource "aws_vpc_security_group_ingress_rule" "lists" {
  security_group_id = aws_security_group.separate.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  prefix_list_id    = aws_ec2_managed_prefix_list.offices.id
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id            = aws_security_group.separate.id
  ip_protocol                  = "-1"
  referenced_security_group_id = aws_security_group.inline.id
}

resource "aws_security_group" "none" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "torn" {
  vpc_id = aws_vpc.main.id

  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_security_group_rule" "torn" {
  security_group_id = aws_security_group.torn.id
  type              = "egress"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group" "dynamic" {
  vpc_id = aws_vpc.main.id

  dynamic "egress" {
    for_each = [443, 80]
    content {
      from_port       = egress.value
      to_port         = egress.value
      protocol        = "tcp"
      security_groups = [aws_security_group.none.id]
    }
  }
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 5

  entry {
    cidr = "192.0.2.0/24"
  }
}

resource "aws_ec2_managed_prefix_list_entry" "more" {
  prefix_list_id = aws_ec2_managed_prefix_list.offices.id
  cidr           = "198.51.100.0/24"
}
