"""``poll()``: ask what is due."""

from __future__ import annotations

from tasks import app
from tasks.services import services


@app.task(name="poll")
def poll() -> str:
    """Poll every due host for up to 50 s."""
    return str(services().poller().run())
