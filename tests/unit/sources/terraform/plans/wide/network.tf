resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.100.0/24"
}

resource "aws_subnet" "left" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.101.0/24"
}

resource "aws_internet_gateway" "out" {}

resource "aws_internet_gateway_attachment" "out" {
  internet_gateway_id = aws_internet_gateway.out.id
  vpc_id              = aws_vpc.main.id
}

resource "aws_egress_only_internet_gateway" "six" {
  vpc_id = aws_vpc.main.id
}

resource "aws_eip" "nat" {}

resource "aws_nat_gateway" "public" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id
}

resource "aws_nat_gateway" "private" {
  connectivity_type = "private"
  subnet_id         = aws_subnet.private[0].id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id

  # The id of a NAT gateway, where the console would not let you.
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_nat_gateway.public.id
  }

  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = aws_egress_only_internet_gateway.six.id
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.out.id
}

resource "aws_route" "peer" {
  route_table_id            = aws_vpc.main.main_route_table_id
  destination_cidr_block    = "10.9.0.0/16"
  vpc_peering_connection_id = aws_vpc_peering_connection.other.id
}

resource "aws_route" "listed" {
  route_table_id             = aws_route_table.public.id
  destination_prefix_list_id = aws_ec2_managed_prefix_list.offices.id
  transit_gateway_id         = aws_ec2_transit_gateway.hub.id
}

resource "aws_route" "nat_instance" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "172.16.0.0/12"
  network_interface_id   = aws_instance.nat.primary_network_interface_id
}

resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_instance" "nat" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.nano"
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  source_dest_check           = false
  vpc_security_group_ids      = [aws_security_group.inline.id]
}

resource "aws_vpc" "other" {
  cidr_block         = "10.9.0.0/16"
  enable_dns_support = false
}

resource "aws_default_route_table" "other" {
  default_route_table_id = aws_vpc.other.default_route_table_id

  route {
    cidr_block                = "10.0.0.0/16"
    vpc_peering_connection_id = aws_vpc_peering_connection.other.id
  }
}

resource "aws_default_security_group" "other" {
  vpc_id = aws_vpc.other.id
}

resource "aws_default_network_acl" "other" {
  default_network_acl_id = aws_vpc.other.default_network_acl_id
}

resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.other.id
  cidr_block = "10.9.0.0/24"
}

resource "aws_vpc_peering_connection" "other" {
  vpc_id      = aws_vpc.main.id
  peer_vpc_id = aws_vpc.other.id
  auto_accept = true
}

resource "aws_vpc_dhcp_options" "own" {
  domain_name_servers = ["10.9.0.53"]
}

resource "aws_vpc_dhcp_options_association" "own" {
  vpc_id          = aws_vpc.other.id
  dhcp_options_id = aws_vpc_dhcp_options.own.id
}

resource "aws_network_acl" "tight" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [aws_subnet.public.id]

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
    cidr_block = "0.0.0.0/0"
  }
}

resource "aws_network_acl_rule" "back" {
  network_acl_id = aws_network_acl.tight.id
  rule_number    = 90
  protocol       = "tcp"
  rule_action    = "allow"
  from_port      = 1024
  to_port        = 65535
  cidr_block     = "0.0.0.0/0"
}

resource "aws_network_acl" "linked" {
  vpc_id = aws_vpc.main.id
}

resource "aws_network_acl_association" "linked" {
  network_acl_id = aws_network_acl.linked.id
  subnet_id      = aws_subnet.left.id
}

resource "aws_vpc_block_public_access_options" "all" {
  internet_gateway_block_mode = "block-ingress"
}

resource "aws_vpc_block_public_access_exclusion" "main" {
  vpc_id                          = aws_vpc.main.id
  internet_gateway_exclusion_mode = "allow-egress"
}
