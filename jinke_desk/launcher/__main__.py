"""`python -m jinke_desk.launcher`: what the Makefile calls."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from jinke_desk.launcher import testing
from jinke_desk.launcher.command import demo_if_marked, end_by_exception
from jinke_desk.launcher.errors import LaunchError

_USAGE = """\
usage: python -m jinke_desk.launcher COMMAND

  run                            start the demo and stay in the foreground
  test [--] [PYTEST ARGUMENTS]   run tests on servers of their own
  check                          lint, types, imports, migrations, settings, translations
  bench [--] [ARGUMENTS]         measure on a stack of its own
  chaos [--] [ARGUMENTS]         break a stack of its own and count what is lost
  exec [--] COMMAND …            run a command on the servers of the demo
"""


def main(arguments: Sequence[str]) -> int:
    end_by_exception()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no Chinese
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
    if command == "run":
        from jinke_desk.launcher import run

        return run.run()
    if command == "test":
        return testing.run(rest)
    if command == "check":
        from jinke_desk.launcher import checks

        return checks.run()
    if command == "bench":
        return testing.bench(rest)
    if command == "chaos":
        return testing.chaos(rest)
    if command == "exec" and rest:
        with demo_if_marked():
            return testing.run_to_the_end(rest)
    print(_USAGE, end="")
    return 0 if command in ("help", "--help", "-h") else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
