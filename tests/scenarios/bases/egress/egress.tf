resource "aws_vpc" "egress" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "egress" {
  vpc_id = aws_vpc.egress.id
}

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.egress.id
  cidr_block        = "10.1.0.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_subnet" "attachment" {
  count             = 2
  vpc_id            = aws_vpc.egress.id
  cidr_block        = "10.1.${count.index + 1}.0/24"
  availability_zone = ["eu-west-1a", "eu-west-1b"][count.index]
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id
}

resource "aws_route_table" "attachment" {
  vpc_id = aws_vpc.egress.id
}

resource "aws_route" "attachment" {
  route_table_id         = aws_route_table.attachment.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main.id
}

resource "aws_route_table_association" "attachment" {
  count          = 2
  subnet_id      = aws_subnet.attachment[count.index].id
  route_table_id = aws_route_table.attachment.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.egress.id
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.egress.id
}

resource "aws_route" "back" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway.main.id

  depends_on = [aws_ec2_transit_gateway_vpc_attachment.egress]
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
