-- The least SQL that takes in a resident's matter: the same rows in the same tables as an intake of
-- the desk (ticket, reporter, events, texts, clocks, history, notices, messages, links, the answer
-- kept for the key), in one statement. It decides nothing: whoever is first of the home is the
-- reporter, the oldest steward has it, terms are constants, and no key is looked for.
WITH home AS (
    SELECT dwelling.id AS dwelling_id, dwelling.building_id, building.unit_id,
           occupancy.subject_id
    FROM organisation_dwelling dwelling
    JOIN organisation_building building ON building.id = dwelling.building_id
    JOIN residents_occupancy occupancy ON occupancy.dwelling_id = dwelling.id
    WHERE dwelling.public_id = %(dwelling)s
    LIMIT 1
),
known AS MATERIALIZED (
    SELECT home.*, post.id AS post_id, post.holder_id AS staff_id, category.id AS category_id,
           policy.id AS policy_id, nextval('complaints_ticket_id_seq') AS ticket_id,
           nextval('complaints_ticketevent_id_seq') AS received_id,
           nextval('complaints_ticketevent_id_seq') AS assigned_id
    FROM home
    CROSS JOIN LATERAL (
        SELECT post.id, post.holder_id
        FROM organisation_post post JOIN organisation_role role ON role.id = post.role_id
        WHERE post.unit_id = home.unit_id AND role.code = 'steward'
        ORDER BY post.id
        LIMIT 1
    ) post
    CROSS JOIN (SELECT id FROM complaints_category WHERE code = %(category)s) category
    CROSS JOIN (SELECT id FROM complaints_policy LIMIT 1) policy
),
ticket AS (
    INSERT INTO complaints_ticket (
        id, public_id, reference, version, kind, category_id, severity, channel, state, unit_id,
        building_id, dwelling_id, post_id, policy_id, cycle, received_at, recorded_at,
        next_step_at, source, source_key)
    SELECT ticket_id, %(public_id)s, %(reference)s, 1, %(kind)s, category_id, 'ordinary', 'app',
           'assigned', unit_id, building_id, dwelling_id, post_id, policy_id, 1, %(at)s, %(at)s,
           %(soon)s, '', ''
    FROM known
),
reporter AS (
    INSERT INTO complaints_ticketreporter (ticket_id, subject_id, protection)
    SELECT ticket_id, subject_id, 'none' FROM known
),
event AS (
    INSERT INTO complaints_ticketevent (
        id, ticket_id, kind, visibility, actor_kind, occurred_at, recorded_at, cycle, action,
        from_state, to_state, from_severity, to_severity, post_id, effect, reason_code)
    SELECT received_id, ticket_id, 'received', 'public', 'reporter', %(at)s, %(at)s, 1, '', '',
           'received', '', '', NULL, '', ''
    FROM known
    UNION ALL
    SELECT assigned_id, ticket_id, 'assigned', 'public', 'system', %(at)s, %(at)s, 1, 'assign',
           'received', 'assigned', '', '', post_id, '', ''
    FROM known
),
text AS (
    INSERT INTO complaints_textentry (
        ticket_id, event_id, role, visibility, author_kind, body, tokens, created_at)
    SELECT ticket_id, received_id, role, 'public', 'reporter', body, tokens::tsvector, %(at)s
    FROM known
    CROSS JOIN (VALUES ('summary', %(summary)s, %(summary_words)s),
                       ('body', %(body)s, %(body_words)s)) AS said (role, body, tokens)
),
clock AS (
    INSERT INTO complaints_ticketclock (
        ticket_id, kind, cycle, policy_id, state, started_at, due_at, stopped_at, provisional,
        next_level, next_fire_at)
    SELECT ticket_id, kind, 1, policy_id, state, %(at)s, %(late)s, stopped_at, false, next_level,
           next_fire_at
    FROM known
    CROSS JOIN (VALUES ('acknowledge', 'kept', %(at)s, NULL, NULL),
                       ('first_response', 'running', NULL, 0, %(soon)s),
                       ('resolve', 'running', NULL, 0, %(late)s))
        AS started (kind, state, stopped_at, next_level, next_fire_at)
),
history AS (
    INSERT INTO complaints_historicalticket (
        id, reference, version, kind, severity, channel, state, cycle, received_at, next_step_at,
        category_id, unit_id, building_id, post_id, policy_id, history_date,
        history_change_reason, history_type)
    SELECT ticket_id, %(reference)s, 1, %(kind)s, 'ordinary', 'app', 'assigned', 1, %(at)s,
           %(soon)s, category_id, unit_id, building_id, post_id, policy_id, %(at)s, 'submit', '+'
    FROM known
),
notice AS (
    INSERT INTO notifications_notice (
        source_kind, source_id, post_id, staff_id, subject_id, template, object_kind, object_id,
        created_at)
    SELECT 'complaints.event', assigned_id, post_id, staff_id, NULL, 'ticket_assigned',
           'complaints.ticket', ticket_id, %(at)s
    FROM known
    UNION ALL
    SELECT 'complaints.event', received_id, NULL, NULL, subject_id, 'ticket_received',
           'complaints.ticket', ticket_id, %(at)s
    FROM known
    RETURNING id, staff_id, subject_id
),
message AS (
    INSERT INTO notifications_message (
        delivery_id, channel, staff_id, subject_id, state, attempts, due_at, error_code,
        created_at)
    SELECT gen_random_uuid(), 'email', staff_id, subject_id, 'queued', 0, %(at)s, '', %(at)s
    FROM notice
    RETURNING id, subject_id IS NULL AS to_staff
),
link AS (
    INSERT INTO notifications_messagenotice (message_id, notice_id)
    SELECT message.id, notice.id
    FROM notice JOIN message ON message.to_staff = (notice.subject_id IS NULL)
)
INSERT INTO core_idempotencykey (
    scope, key, body_sha256, status_code, response, created_at, expires_at)
SELECT 'floor:' || subject_id, %(key)s, %(body_sha256)s, 201, %(response)s, %(at)s, %(late)s
FROM known
