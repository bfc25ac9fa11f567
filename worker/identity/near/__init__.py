"""The same text again, though not letter by letter: reprints, excerpts, longer versions, and look-alikes kept apart.

``reading`` brings a text to its sentences in normal form, ``furniture`` learns which of them belong to the site,
``keys`` makes what an index stores, ``likeness`` and ``guards`` compare two texts, ``core`` puts together what they
have in common, ``verdict`` says what one is to the other, ``reasons`` why, in words, ``engine`` walks one text through
all of it over an index. Pure: clock, index and texts are arguments.
"""

from typing import Final

# Part of every key and sketch: keys of another version are never compared. Raise it with any change that makes other
# keys of the same text, and reindex.
NEAR_VERSION: Final = 1
