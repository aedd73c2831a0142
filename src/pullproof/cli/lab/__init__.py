"""`pullproof lab`: the same network with real packets, on this machine."""

from argparse import Namespace


def lab(options: Namespace) -> int:
    """Do what is asked of a lab; the exit status."""
    from pullproof.cli.lab.run import run

    return run(options)
