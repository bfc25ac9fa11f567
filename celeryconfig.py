"""Celery's settings, and nothing of ours: queues and the timetable are in ``tasks``, everything else in the database.

The database is the memory and the timetable; a message is a knock on the door. So no result backend, no
retries, no ETA, nothing redelivered: a lease that ends without a result is found by the next tick.
"""

from __future__ import annotations

from worker.settings import read_settings

broker_url = read_settings().broker
broker_connection_retry_on_startup = True
broker_connection_max_retries = None  # a broker that is away for a night is waited for

broker_transport_options = {
    "global_keyprefix": "newsroad:",
    # Claim window 20 s + deadline 30 s < hard limit 55 s < lease 60 s < visibility 120 s (ARCHITECTURE.md, rule 2).
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A frozen broker must not hold a publisher for longer than this; the tick knocks again.
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
}

accept_content = ["json"]
task_serializer = "json"
task_ignore_result = True
result_backend = None

# Early acknowledgement: a message whose worker dies is gone, and its rows bring the work back.
task_acks_late = False
task_reject_on_worker_lost = False
worker_prefetch_multiplier = 1
worker_eta_task_limit = 1000

# A clock that was wrong for a while must not keep it from knocking.
beat_scheduler = "tasks.timetable:Timetable"

# Hard limit only: a soft one raises inside whatever happens to run, a transaction included.
task_time_limit = 55

# Children are replaced before a leak can matter. Resident KiB, shared pages of the parent counted in.
worker_max_tasks_per_child = 2000
worker_max_memory_per_child = 300_000

worker_send_task_events = True
task_send_sent_event = True
worker_hijack_root_logger = False
# Our own channel keys end by themselves, so a Flower that went away leaves nothing behind.
control_queue_ttl = 300
control_queue_expires = 300
event_queue_expires = 60

enable_utc = True
timezone = "UTC"
