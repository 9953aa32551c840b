"""Loaded by Python itself in processes of the harness whose clock is to be wrong; the product knows
nothing of it. CHAOS_CLOCK_SHIFT is in seconds."""

import os
import time

shift = float(os.environ.get("CHAOS_CLOCK_SHIFT", "0"))
if shift:
    import time_machine

    time_machine.travel(time.time() + shift, tick=True).start()
