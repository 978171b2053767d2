"""Run a program that ends when its supervisor does, however that one ends.

`python -m zhanggui.demo.tether SUPERVISOR_PID PROGRAM ARGUMENT…` becomes the program. On Linux the kernel sends it
SIGTERM when the supervisor dies, even by kill -9; elsewhere it is an ordinary child.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main() -> None:
    """Tie this process to its parent, then replace it by the program."""
    supervisor, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:  # it died before the line above
        sys.exit(1)
    os.execvp(program[0], program)  # noqa: S606  becoming the program is the purpose


if __name__ == "__main__":
    main()
