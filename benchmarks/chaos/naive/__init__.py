"""What is usually built: a table, and Celery told to come back later. Ordinary settings.

Here for comparison alone: it goes through the same faults at the same moments.
"""

#: seconds after the report at which each level falls
LEVELS = (5, 10, 15, 20)
