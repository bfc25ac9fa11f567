"""``deliver("partner-a")``: send what is due, to this destination first."""

from __future__ import annotations

from tasks import app
from tasks.services import services


@app.task(name="deliver")
def deliver(destination: str) -> str:
    """Send what is due for up to 20 s, to ``destination`` first."""
    return services().deliverer().run(first=destination)
