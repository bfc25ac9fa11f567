"""``deliver("partner-a")``: send what is due to one destination."""

from __future__ import annotations

from tasks import app
from tasks.services import services


@app.task(name="deliver")
def deliver(destination: str) -> str:
    """Send what is due to ``destination`` for up to 20 s."""
    return f"{destination}: {services().deliverer().run(only=destination)}"
