"""What the Makefile and the tests of the repository itself run; no part of the program."""
