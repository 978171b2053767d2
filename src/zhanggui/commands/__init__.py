"""What the `zhanggui` command can do, one module per sub-command.

Each module has `add(commands)`, which declares its arguments and imports nothing heavy, and `run(args) -> int`, which
returns the exit code.
"""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]  it has no public name
else:
    Commands = object


class CommandFailed(Exception):
    """The command cannot go on; the message is a sentence for the person at the keyboard."""
