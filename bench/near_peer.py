"""datasketch and rensa as usually wired, run by an interpreter that has them: one JSON object in, one out.

In: {name: {"texts": [...], "ours": how many first texts are only filed}}. Out: {library: {name: [[numbers of earlier
texts it returns] for each text], "ms": CPU milliseconds a text}}. Shingles are 5 characters of the text as it is, what
the index returns is accepted. Imports nothing of ours.
"""

import json
import sys
import time

from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

PERMUTATIONS = 128


def shingles(text):
    return list({text[at : at + 5] for at in range(max(1, len(text) - 4))})


def datasketch(threshold):
    def run(texts):
        index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        for number, text in enumerate(texts):
            sketch = MinHash(num_perm=PERMUTATIONS)
            sketch.update_batch([each.encode() for each in shingles(text)])
            yield [int(each) for each in index.query(sketch)]
            index.insert(str(number), sketch)

    return run


def rensa(bands):
    def run(texts):
        index = RMinHashLSH(threshold=0.5, num_perm=PERMUTATIONS, num_bands=bands)
        for number, text in enumerate(texts):
            sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
            sketch.update(shingles(text))
            yield list(index.query(sketch))
            index.insert(number, sketch)

    return run


LIBRARIES = {
    "datasketch 0.5": datasketch(0.5),
    "datasketch 0.7": datasketch(0.7),
    "rensa 32 bands": rensa(32),
    "rensa 16 bands": rensa(16),
}


def main():
    asked = json.load(sys.stdin)
    answers = {}
    for library, run in LIBRARIES.items():
        begun = time.process_time()
        found = {name: list(run(texts)) for name, texts in asked.items()}
        spent = (time.process_time() - begun) * 1000 / max(1, sum(map(len, asked.values())))
        answers[library] = {"found": found, "ms": spent}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
