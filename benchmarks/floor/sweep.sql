-- The least SQL that escalates one batch: claims what is due, writes the same rows into the same
-- tables as the desk's sweep (event, clock, ticket, history, notice, message, link), in one
-- statement and one transaction. It knows beforehand whom each level reaches (`seat`) and decides
-- nothing: no pauses, closings, reviews, absences, named staff or failures.
WITH claimed AS (
    SELECT ticket.id, ticket.unit_id, ticket.cycle
    FROM complaints_ticket ticket
    WHERE ticket.next_step_at <= %(at)s
    ORDER BY ticket.next_step_at, ticket.id
    LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
),
due AS (
    SELECT claimed.id AS ticket_id, claimed.cycle, clock.id AS clock_id, clock.due_at,
           clock.next_level AS level, seat.post_id, seat.staff_id,
           clock.due_at + interval '240 minutes' AS next_at
    FROM claimed
    JOIN complaints_ticketclock clock ON clock.ticket_id = claimed.id AND clock.state = 'running'
    JOIN seat ON seat.unit_id = claimed.unit_id
),
event AS (
    INSERT INTO complaints_ticketevent (
        ticket_id, kind, visibility, actor_kind, occurred_at, recorded_at, cycle, action,
        from_state, to_state, post_id, clock_id, level, effect, reason_code)
    SELECT ticket_id, 'escalated', 'internal', 'system', due_at, clock_timestamp(), cycle, '',
           '', '', post_id, clock_id, level, 'inform', ''
    FROM due
    RETURNING id, ticket_id
),
notice AS (
    INSERT INTO notifications_notice (
        source_kind, source_id, post_id, staff_id, template, object_kind, object_id, created_at)
    SELECT %(source)s, event.id, due.post_id, due.staff_id, %(template)s, %(object)s,
           event.ticket_id, %(at)s
    FROM event JOIN due USING (ticket_id)
    RETURNING id, staff_id
),
message AS (
    INSERT INTO notifications_message (
        delivery_id, channel, staff_id, state, attempts, due_at, error_code, created_at)
    SELECT gen_random_uuid(), 'email', staff_id, 'queued', 0, %(at)s, '', %(at)s
    FROM notice GROUP BY staff_id
    RETURNING id, staff_id
),
link AS (
    INSERT INTO notifications_messagenotice (message_id, notice_id)
    SELECT message.id, notice.id FROM notice JOIN message USING (staff_id)
),
stepped AS (
    UPDATE complaints_ticketclock clock
    SET next_level = due.level + 1, next_fire_at = due.next_at
    FROM due WHERE clock.id = due.clock_id
),
moved AS (
    UPDATE complaints_ticket ticket
    SET level = due.level, next_step_at = due.next_at
    FROM due WHERE ticket.id = due.ticket_id
    RETURNING ticket.*
)
INSERT INTO complaints_historicalticket (
    id, reference, version, kind, severity, channel, state, cycle, level, received_at, received_on,
    resolved_at, ended_at, next_step_at, account_id, building_id, category_id, policy_id, post_id,
    unit_id, history_date, history_type, history_change_reason)
SELECT id, reference, version, kind, severity, channel, state, cycle, level, received_at,
       received_on, resolved_at, ended_at, next_step_at, account_id, building_id, category_id,
       policy_id, post_id, unit_id, clock_timestamp(), '~', 'sweep'
FROM moved
