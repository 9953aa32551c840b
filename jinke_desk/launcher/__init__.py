"""Starts, stops and checks the desk on one machine: `make run`, `make test`, `make check`.

Nothing here is imported by the product. Production runs its own PostgreSQL, Redis and process
manager; the servers started from here are for the demo and for throw-away folders alone.
"""
