"""Run the program as `python -m pullproof`."""

import sys

from pullproof.cli.main import main

sys.exit(main())
