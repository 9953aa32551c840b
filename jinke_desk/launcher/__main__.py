"""`python -m jinke_desk.launcher`: what the Makefile calls."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from types import FrameType

from jinke_desk.launcher import testing
from jinke_desk.launcher.errors import LaunchError

_USAGE = """\
usage: python -m jinke_desk.launcher COMMAND

  test [--] [PYTEST ARGUMENTS]   run tests on servers of their own
"""


def main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _end)
    command, rest = (arguments[0] if arguments else "help"), list(arguments[1:])
    if rest[:1] == ["--"]:
        rest = rest[1:]
    try:
        return _dispatch(command, rest)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _dispatch(command: str, rest: list[str]) -> int:
    if command == "test":
        return testing.run(rest)
    print(_USAGE, end="")
    return 0 if command in ("help", "--help", "-h") else 2


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
