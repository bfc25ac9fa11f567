"""``tick()`` knocks where work is due, ``recheck()`` settles what rights changed, ``reindex()`` files texts that wait,
``upkeep()`` prunes, ``watch()`` tells people what needs them."""

from __future__ import annotations

from tasks import app
from tasks.services import services


@app.task(name="tick")
def tick() -> str:
    """Knock at every stage that has due work; the only message with an expiry."""
    return services().knock()


@app.task(name="recheck")
def recheck() -> str:
    """Decide again where a grant changed or a decision ran out."""
    return services().recheck()


@app.task(name="reindex")
def reindex() -> str:
    """File texts by which later ones are recognised, as far as that waits."""
    return services().file_waiting()


@app.task(name="upkeep")
def upkeep() -> str:
    """Drop what need not be kept any longer, in small batches."""
    return services().prune()


@app.task(name="watch")
def watch() -> str:
    """Look at everything; tell whom ``[alerts]`` names what began and what is over."""
    return services().watch()
