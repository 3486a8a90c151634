"""`python -m lasso3d.cli`."""

import sys

from lasso3d.cli import main

sys.exit(main())
