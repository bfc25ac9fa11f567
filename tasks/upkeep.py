"""``tick()`` knocks where work is due, ``recheck()`` settles what rights changed, ``upkeep()`` prunes."""

from __future__ import annotations

from tasks import app
from tasks.services import services
from worker.pipeline.recheck import recheck as recheck_pipeline
from worker.pipeline.tick import knock
from worker.pipeline.upkeep import prune


@app.task(name="tick")
def tick() -> str:
    """Knock at every stage that has due work; the only message with an expiry."""
    here = services()
    return knock(here.polling, here.snapshots, here.deliveries, here.pulse, here.hints, here.clock)


@app.task(name="recheck")
def recheck() -> str:
    """Decide again where a grant changed or a decision ran out."""
    here = services()
    if here.catalogue.current() is None:
        return "no catalogue yet"
    return f"{recheck_pipeline(here.works, here.view(), here.hints, here.clock)} deliveries"


@app.task(name="upkeep")
def upkeep() -> str:
    """Drop what need not be kept any longer, in small batches."""
    here = services()
    return prune(here.people, here.clock)
