"""What is usually built: a table, and Celery told to come back later. Ordinary settings.

Here for comparison alone: it goes through the same faults at the same moments.
"""
