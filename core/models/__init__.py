from core.models.idempotency import IdempotencyKey
from core.models.installation import Installation
from core.models.job import Job, JobState
from core.models.limit import LimitWindow
from core.models.machine_key import MachineKey

__all__ = ["IdempotencyKey", "Installation", "Job", "JobState", "LimitWindow", "MachineKey"]
