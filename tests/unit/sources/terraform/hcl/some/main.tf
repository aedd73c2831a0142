# What the expressions of the tests mention: all of it is known only after apply.

resource "aws_subnet" "a" {
  count = 2
}

resource "aws_subnet" "b" {
  for_each = toset(["x", "y"])
}

resource "aws_vpc" "main" {
}

resource "aws_lb" "front" {
}
