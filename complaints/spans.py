"""The fixed spans of time of the engine, and how often something may be done within them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

#: after so many returns in one cycle the dispatcher alone decides who handles it
MOST_RETURNS: Final = 2
#: more time is granted so often in one cycle, each time by no more than the promise itself was long
MOST_EXTENSIONS: Final = 2
#: no answer so often in one cycle, whatever lies between, and the call-back ends as unreachable
MOST_CALLS: Final = 3
#: a call-back that was ordered where the policy promises none
CALL_BACK_WITHIN: Final = timedelta(days=1)
#: ringing again at once is not another attempt
CALL_AGAIN_AFTER: Final = timedelta(hours=2)
#: a resolved ticket waits this long for the resident before the sweep closes it
CONFIRM_WINDOW: Final = timedelta(days=7)
#: how often the duty queue looks again at what no clock will bring up
REVIEW_EVERY: Final = timedelta(days=1)
#: how long a ticket may wait for somebody, at most and when nothing else is said
LONGEST_WAIT: Final = timedelta(days=14)
#: and in all waits of one cycle together; who needs longer asks for more time, which others grant
ALL_WAITS: Final = timedelta(days=28)
DEFAULT_WAIT: Final = timedelta(days=3)
#: one urge says it; the next may come after this, or at once where it tells of danger
URGE_AGAIN_AFTER: Final = timedelta(hours=1)
#: how long the right holder has, after a counter-notice, to sue or complain (Civil Code 1196; the
#: fifteen days are those of the E-commerce Law, article 43)
COUNTER_NOTICE_WAIT: Final = timedelta(days=15)
