"""The oracle's questions, in SQL over the tables and in words of its own.

What a clock owes is computed from the rows of its policy: its start, its duration and its ladder
in minutes on the wall. Of clocks that count working minutes, or of tickets that waited or whose
time was extended, only what must never happen is asked, not what is owed.
"""

from __future__ import annotations

#: `moment` is when a level falls, `owed_at` the same or when the ticket was written, if that was
#: later: a backlog; `judged` is false where the arithmetic above does not hold
LEVELS = """
WITH stretch AS (
    SELECT clock.id AS clock_id, clock.ticket_id, clock.cycle, clock.policy_id, clock.kind,
           clock.started_at, clock.stopped_at, clock.due_at, clock.state,
           ticket.recorded_at AS known_at,
           duration.duration_minutes * interval '1 minute' AS whole,
           duration.basis = 'wall' AND NOT EXISTS (
               SELECT FROM complaints_ticketevent other WHERE other.ticket_id = clock.ticket_id
               AND other.kind IN ('waiting', 'resumed', 'extended')) AS judged
    FROM complaints_ticketclock clock
    JOIN complaints_ticket ticket ON ticket.id = clock.ticket_id
    JOIN complaints_policyduration duration
         ON duration.policy_id = clock.policy_id AND duration.clock_kind = clock.kind
    WHERE clock.state <> 'historical'
),
climb AS (
    SELECT stretch.*, step.level, max(
               CASE WHEN step.percent IS NULL
                    THEN started_at + whole + step.after_minutes * interval '1 minute'
                    ELSE started_at + whole * step.percent / 100 END
           ) OVER (PARTITION BY clock_id ORDER BY step.level) AS moment
    FROM stretch
    JOIN complaints_ladderstep step
         ON step.policy_id = stretch.policy_id AND step.clock_kind = stretch.kind
),
level AS (SELECT climb.*, greatest(moment, known_at) AS owed_at FROM climb),
fired AS (
    SELECT level.*, event.id AS event_id, event.occurred_at, event.recorded_at, event.post_id
    FROM level
    JOIN complaints_ticketevent event ON event.kind = 'escalated'
         AND event.clock_id = level.clock_id AND event.level = level.level
    WHERE owed_at > %(since)s AND moment <= %(until)s
)
"""

OWED = """
SELECT count(*) FROM level
WHERE judged AND owed_at > %(since)s AND moment <= %(until)s
  AND (stopped_at IS NULL OR moment < stopped_at)
"""

#: of a clock that runs, or one that a higher level shows to have been passed over
LOST_LEVELS = """
SELECT 'clock ' || clock_id || ' level ' || level FROM level
WHERE judged AND owed_at > %(since)s AND moment <= %(until)s
  AND (stopped_at IS NULL
       OR EXISTS (SELECT FROM complaints_ticketevent higher WHERE higher.kind = 'escalated'
                  AND higher.clock_id = level.clock_id AND higher.level > level.level))
  AND NOT EXISTS (SELECT FROM complaints_ticketevent event WHERE event.kind = 'escalated'
                  AND event.clock_id = level.clock_id AND event.level = level.level)
"""

#: due before somebody stopped the clock, not at the same microsecond, and not told, nor anything
#: above it: whoever locks the ticket first decides
OVERTAKEN = """
SELECT count(*) FROM level
WHERE judged AND owed_at > %(since)s AND moment <= %(until)s AND moment < stopped_at
  AND NOT EXISTS (SELECT FROM complaints_ticketevent event WHERE event.kind = 'escalated'
                  AND event.clock_id = level.clock_id AND event.level >= level.level)
"""

DOUBLED_LEVELS = """
SELECT 'clock ' || clock_id || ' level ' || level FROM fired
GROUP BY clock_id, level HAVING count(*) > 1
"""

EARLY_LEVELS = """
SELECT 'clock ' || clock_id || ' level ' || level FROM fired WHERE judged AND recorded_at < moment
"""

#: dated when the clock stopped or after it, owed only then, or written after what stopped it
AFTER_THE_END = """
SELECT 'clock ' || clock_id || ' level ' || level FROM fired
WHERE stopped_at IS NOT NULL AND (
    occurred_at >= stopped_at OR (judged AND moment >= stopped_at)
    OR event_id > (SELECT min(stop.id) FROM complaints_ticketevent stop
                   WHERE stop.ticket_id = fired.ticket_id AND stop.occurred_at = fired.stopped_at
                     AND stop.kind <> 'escalated'))
"""

WRONG_MOMENTS = """
SELECT 'clock ' || clock_id || ' level ' || level FROM fired WHERE judged AND occurred_at <> moment
UNION ALL
SELECT 'clock ' || clock_id || ' due' FROM stretch
WHERE judged AND due_at IS NOT NULL AND due_at <> started_at + whole
"""

#: levels that no ladder has, whenever
STRAY_EVENTS = """
SELECT 'event ' || event.id FROM complaints_ticketevent event
WHERE event.kind = 'escalated' AND NOT EXISTS (
    SELECT FROM complaints_ticketclock clock
    JOIN complaints_ladderstep step ON step.policy_id = clock.policy_id
         AND step.clock_kind = clock.kind AND step.level = event.level
    WHERE clock.id = event.clock_id AND clock.ticket_id = event.ticket_id)
"""

LATENESS = """
SELECT extract(epoch FROM recorded_at - owed_at) FROM fired WHERE judged
"""

UNTOLD = """
SELECT 'event ' || event.id FROM complaints_ticketevent event
LEFT JOIN notifications_notice notice ON notice.source_kind = 'complaints.event'
     AND notice.source_id = event.id AND notice.post_id = event.post_id
WHERE event.kind = 'escalated' AND event.post_id IS NOT NULL AND event.occurred_at > %(since)s
GROUP BY event.id HAVING count(notice.id) = 0
"""

TOLD_TWICE = """
SELECT source_kind || ' ' || source_id FROM notifications_notice
GROUP BY source_kind, source_id, post_id, subject_id HAVING count(*) > 1
"""

TOLD_OF_NOTHING = """
SELECT 'notice ' || notice.id FROM notifications_notice notice
WHERE notice.source_kind = 'complaints.event'
  AND NOT EXISTS (SELECT FROM complaints_ticketevent event WHERE event.id = notice.source_id)
"""

#: a notice to somebody with an address travels in exactly one message to them
LETTERS_OF_NOTICES = """
SELECT 'notice ' || notice.id FROM notifications_notice notice
JOIN organisation_staff staff ON staff.id = notice.staff_id AND staff.email <> ''
LEFT JOIN (
    SELECT link.notice_id, message.id FROM notifications_messagenotice link
    JOIN notifications_message message ON message.id = link.message_id
    WHERE message.endpoint_id IS NULL
) letter ON letter.notice_id = notice.id
WHERE notice.created_at > %(since)s
GROUP BY notice.id HAVING count(letter.id) <> 1
"""

#: one row says that it was made, one for each version says what people changed, and the last one
#: says what it is now
HISTORY = """
SELECT 'ticket ' || ticket.id || ' beginnings' FROM complaints_ticket ticket
LEFT JOIN complaints_historicalticket past ON past.id = ticket.id AND past.history_type = '+'
GROUP BY ticket.id HAVING count(past.history_id) <> 1
UNION ALL
SELECT 'ticket ' || ticket.id || ' versions' FROM complaints_ticket ticket
LEFT JOIN complaints_historicalticket past ON past.id = ticket.id
     AND coalesce(past.history_change_reason, '') NOT IN ('sweep', 'audit')
GROUP BY ticket.id, ticket.version
HAVING count(past.history_id) <> ticket.version OR count(DISTINCT past.version) <> ticket.version
UNION ALL
SELECT 'ticket ' || ticket.id || ' last row' FROM complaints_ticket ticket
JOIN (SELECT DISTINCT ON (id) * FROM complaints_historicalticket ORDER BY id, history_id DESC) past
     ON past.id = ticket.id
WHERE ROW({ticket_columns}) IS DISTINCT FROM ROW({past_columns})
"""

#: rows of one transaction carry its number
HISTORY_OF_SWEEPS = """
SELECT 'ticket ' || swept.ticket_id || ' sweep' FROM (
    SELECT DISTINCT ticket_id, xmin::text AS deed FROM complaints_ticketevent
    WHERE kind = 'escalated') swept
LEFT JOIN complaints_historicalticket past ON past.id = swept.ticket_id
     AND past.xmin::text = swept.deed AND past.history_change_reason = 'sweep'
GROUP BY swept.ticket_id, swept.deed HAVING count(past.history_id) <> 1
"""

COLUMNS = """
SELECT history.attname FROM pg_attribute history JOIN pg_attribute ticket
     ON ticket.attrelid = 'complaints_ticket'::regclass AND ticket.attname = history.attname
WHERE history.attrelid = 'complaints_historicalticket'::regclass AND history.attnum > 0
  AND NOT history.attisdropped AND NOT ticket.attisdropped
"""

#: of what the ledger holds: how many tickets, and how often each act is in their timeline
ACKNOWLEDGED = """
SELECT said.ticket::text, said.did,
       CASE WHEN said.did = 'create' THEN count(DISTINCT ticket.id) ELSE count(event.id) END
FROM unnest(%(tickets)s::uuid[], %(acts)s::text[]) AS said (ticket, did)
LEFT JOIN complaints_ticket ticket ON ticket.public_id = said.ticket
LEFT JOIN complaints_ticketevent event ON event.ticket_id = ticket.id AND event.cycle = ticket.cycle
     AND event.kind = CASE said.did WHEN 'create' THEN 'received' WHEN 'accept' THEN 'accepted'
                      WHEN 'start' THEN 'started' WHEN 'resolve' THEN 'resolved' END
GROUP BY said.ticket, said.did
HAVING CASE WHEN said.did = 'create' THEN count(DISTINCT ticket.id) ELSE count(event.id) END <> 1
    OR count(event.id) <> 1
"""

REPORTED = "SELECT count(*) FROM complaints_ticket WHERE reference NOT LIKE 'seed%%'"

#: what goes to staff, to systems and to telephones is due; a letter to a resident without a mailbox
#: is dropped
MESSAGES = """
SELECT delivery_id::text, state, subject_id IS NULL OR channel = 'sms', created_at
FROM notifications_message
WHERE channel = %(channel)s AND created_at > %(since)s AND created_at <= %(until)s
"""

IDS = "SELECT delivery_id::text FROM notifications_message WHERE channel = %(channel)s"

SENT = """
SELECT count(*) FROM notifications_message WHERE state = 'sent' AND channel = %(channel)s
"""

BEGUN = """
SELECT coalesce(sum(attempts), 0) FROM notifications_message WHERE channel = %(channel)s
"""

#: every act that a webhook listens to is told to it in one message
ANNOUNCEMENTS = """
SELECT 'event ' || event.id FROM complaints_ticketevent event
JOIN notifications_endpoint endpoint
     ON endpoint.channel = 'webhook' AND 'ticket.' || event.kind = ANY(endpoint.event_kinds)
LEFT JOIN notifications_occurrence occurrence ON occurrence.endpoint_id = endpoint.id
     AND occurrence.source_kind = 'complaints.event' AND occurrence.source_id = event.id
LEFT JOIN notifications_message message ON message.id = occurrence.message_id
WHERE event.recorded_at > %(since)s AND event.recorded_at <= %(until)s
GROUP BY event.id, endpoint.id HAVING count(message.id) <> 1
"""

#: every level that a post is told of is said by the robot in one message
ROBOTS = """
SELECT 'event ' || event.id FROM complaints_ticketevent event
JOIN notifications_endpoint endpoint ON endpoint.channel = %(channel)s
LEFT JOIN (
    SELECT notice.source_id, message.endpoint_id, message.id
    FROM notifications_message message
    JOIN notifications_messagenotice link ON link.message_id = message.id
    JOIN notifications_notice notice ON notice.id = link.notice_id
    WHERE message.channel = %(channel)s AND notice.source_kind = 'complaints.event'
) said ON said.source_id = event.id AND said.endpoint_id = endpoint.id
WHERE event.kind = 'escalated' AND event.post_id IS NOT NULL
  AND event.recorded_at > %(since)s AND event.recorded_at <= %(until)s
GROUP BY event.id, endpoint.id HAVING count(said.id) <> 1
"""

#: whoever reported is told in one message, over whatever it went
SHORT_MESSAGES = """
SELECT 'notice ' || notice.id FROM notifications_notice notice
LEFT JOIN notifications_messagenotice link ON link.notice_id = notice.id
LEFT JOIN notifications_message message ON message.id = link.message_id
WHERE notice.subject_id IS NOT NULL
  AND notice.created_at > %(since)s AND notice.created_at <= %(until)s
GROUP BY notice.id HAVING count(message.id) <> 1
"""

STUCK = """
SELECT count(*) FROM notifications_message
WHERE state = 'queued' AND channel = ANY(%(channels)s) AND created_at <= %(until)s
"""

NO_BACK_OFF = """
UPDATE notifications_message SET due_at = clock_timestamp()
WHERE state = 'queued' AND due_at > clock_timestamp() AND leased_until IS NULL
"""

#: a robot that has said enough for its minute may go on: what it said is longer ago
NO_SILENCE = """
UPDATE notifications_message SET sent_at = sent_at - interval '1 hour'
WHERE endpoint_id IS NOT NULL AND sent_at > clock_timestamp() - interval '10 minutes'
"""

NO_REST = "UPDATE notifications_endpoint SET held_until = NULL WHERE held_until IS NOT NULL"

#: who calls the sweep and has not since then; the sweeper loop needs PostgreSQL alone, and would
#: hide that no worker ever came back
SILENT = "SELECT waker FROM complaints_sweepbeat WHERE last_at <= %(since)s ORDER BY waker"

NOW = "SELECT clock_timestamp()"
