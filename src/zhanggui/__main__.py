"""`python -m zhanggui` is the same as the `zhanggui` command."""

import sys

from zhanggui.cli import main

if __name__ == "__main__":
    sys.exit(main())
