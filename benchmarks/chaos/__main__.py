"""`make chaos`: start a stack, load it, break it in one way after the other, ask the oracle. Exit 1
when anything is lost, doubled or otherwise wrong."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from benchmarks.chaos import options as options_of
from jinke_desk.launcher import environment
from jinke_desk.launcher.command import end_by_exception
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.servers import Wanted
from jinke_desk.launcher.testing import chosen_origin

#: short messages go to a gateway, robots and webhooks to servers of this machine
OUTSIDE = {
    "WEBHOOK_NETWORKS": "127.0.0.0/8",
    "SMS_PROVIDER": "gateway",
    "SMS_GATEWAY_SUCCESS": "result.code=0",
    "QUIET_HOURS": "none",
}


def main(arguments: Sequence[str]) -> int:
    options = options_of.parse(arguments)
    end_by_exception()
    want = Wanted(origin=chosen_origin(os.environ), durable=True)
    try:
        with environment.throwaway_stack("chaos", "test", want=want) as (servers, settings):
            settings.update(OUTSIDE)
            os.environ.update(settings, DJANGO_SETTINGS_MODULE="jinke_desk.settings")
            import django

            django.setup()
            logging.disable(logging.INFO)  # of this process; the others write theirs as ever
            from benchmarks.chaos.run import run

            return run(options, servers, settings)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped: every process that was started has ended.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
