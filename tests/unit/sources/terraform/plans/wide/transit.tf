resource "aws_ec2_transit_gateway" "hub" {}

resource "aws_ec2_transit_gateway" "strict" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "main" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.left.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment" "other" {
  transit_gateway_id     = aws_ec2_transit_gateway.strict.id
  vpc_id                 = aws_vpc.other.id
  subnet_ids             = [aws_subnet.other.id]
  appliance_mode_support = "enable"
}

resource "aws_ec2_transit_gateway_route_table" "strict" {
  transit_gateway_id = aws_ec2_transit_gateway.strict.id
}

resource "aws_ec2_transit_gateway_route_table_association" "other" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.other.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.strict.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "other" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.other.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.strict.id
}

resource "aws_ec2_transit_gateway_route" "hole" {
  destination_cidr_block         = "10.0.0.0/8"
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.strict.id
}

resource "aws_ec2_transit_gateway_route" "default" {
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.main.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway.hub.association_default_route_table_id
}
