"""Sets up and runs, with nothing but Python: ``python3 dev.py demo | test | check | setup``.

Everything goes into ``.venv`` beside this file, with the versions of ``constraints.txt``. The set-up is done once, and
again when constraints.txt or pyproject.toml changed. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "newsroad-stamp"
WANTED = (3, 11)
USAGE = """usage: python3 dev.py COMMAND [ARGUMENTS]

  demo [--keep]    play the demonstration; --keep leaves it running
  test [PYTEST…]   every test, on SQLite and PostgreSQL
  check            formatting, types, imports, documentation, packaging
  setup            only the set-up
"""


def say(text: str) -> None:
    print(f"▸ {text}", flush=True)


def fail(text: str) -> None:
    print(f"✗ {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def in_venv(name: str) -> str:
    return str(VENV / ("Scripts" if os.name == "nt" else "bin") / name)


def with_wanted_python() -> None:
    """Go on under the first Python ≥ 3.11 on PATH, if this one is older."""
    if sys.version_info >= WANTED:
        return
    this = ".".join(str(part) for part in sys.version_info[:2])
    for minor in range(20, WANTED[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            say(f"this is Python {this}; going on with {newer}")
            os.execv(newer, [newer, str(ROOT / "dev.py"), *sys.argv[1:]])
    fail(f"Newsroad needs Python 3.11 or later; this is {this}, and no newer one is on PATH")


def make_venv() -> None:
    """Make .venv with pip in it, also where the system's Python came without ensurepip (Debian's python3-venv)."""
    say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    say("this Python comes without ensurepip; trying virtualenv instead")
    if subprocess.run([sys.executable, "-m", "virtualenv", "--version"], capture_output=True, check=False).returncode:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--user", "virtualenv"]
        # Debian's pip wants the flag for a user's own folder too (PEP 668); older ones do not know it.
        if all(subprocess.run([*install, *flag], check=False).returncode for flag in (["--break-system-packages"], [])):
            fail("neither venv nor pip works with this Python; on Debian or Ubuntu: apt install python3-venv")
    if subprocess.run([sys.executable, "-m", "virtualenv", "--quiet", str(VENV)], check=False).returncode:
        fail("virtualenv could not make .venv; its reason is above")


def wanted_stamp() -> str:
    """Changes when the environment must be brought up to date."""
    parts = [(ROOT / name).read_bytes() for name in ("constraints.txt", "pyproject.toml")]
    return hashlib.sha256(b"\0".join([sys.version.encode(), str(ROOT).encode(), *parts])).hexdigest()


def install() -> None:
    """pip install, with one line that counts along."""
    say("installing what Newsroad and its tests need (constraints.txt says which versions); about a minute, once")
    command = [in_venv("python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}[dev]"]
    live, count, started, tail = sys.stdout.isatty(), 0, time.monotonic(), []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            tail = [*tail[-20:], line]
            if line.startswith(("Collecting ", "Installing ")):
                count += 1
                word = "installing them all" if line.startswith("Installing") else line.split()[1]
                if live:
                    print(f"\r\x1b[K  {count:3d}  {word[:60]}", end="", flush=True)
                elif count % 25 == 0 or word == "installing them all":
                    print(f"  {count:3d}  {word}", flush=True)
    if live:
        print("\r\x1b[K", end="")
    if pip.returncode:
        fail("pip could not install everything; its last lines:\n" + "".join(tail))
    say(f"installed in {time.monotonic() - started:.0f} s")


def has_pip() -> bool:
    python = in_venv("python")
    ask = [python, "-m", "pip", "--version"]
    return Path(python).exists() and subprocess.run(ask, capture_output=True, check=False).returncode == 0


def setup() -> None:
    """Make or bring up to date .venv; nothing when it is."""
    if STAMP.exists() and STAMP.read_text() == wanted_stamp():
        return
    if not has_pip():
        make_venv()
    install()
    STAMP.write_text(wanted_stamp())


def call(title: str, *command: str) -> int:
    say(title)
    return subprocess.run([in_venv(command[0]), *command[1:]], cwd=ROOT, check=False).returncode


def become(title: str, *command: str) -> NoReturn:
    """The last thing to run takes this one's place, so that Ctrl-C and SIGTERM reach it, and it alone, and it may take
    its time to stop: ``subprocess.run`` kills what is not gone after a quarter of a second."""
    if os.name == "nt":
        sys.exit(call(title, *command))
    say(title)
    os.chdir(ROOT)
    os.execv(in_venv(command[0]), [in_venv(command[0]), *command[1:]])


def check() -> int:
    """Every check, even after one failed; the exit code counts the failed ones."""
    steps = (
        ("ruff check: mistakes and house rules", "ruff", "check", "."),
        ("ruff format: layout", "ruff", "format", "--check", "."),
        ("mypy --strict: types", "mypy"),
        ("import-linter: imports point down", "lint-imports"),
        (
            "pytest: the pages are complete, the wheel is whole",
            *(
                "pytest",
                "-q",
                *(f"tests/unit/test_{name}.py" for name in ("docs", "catalog_docs", "packaging", "compose")),
            ),
        ),
    )
    failed = [title for title, *command in steps if call(title, *command)]
    for title in failed:
        print(f"✗ {title}", flush=True)
    if not failed:
        say("all checks passed")
    return len(failed)


def main() -> int:
    with_wanted_python()
    command, rest = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if command not in ("demo", "test", "check", "setup"):
        print(USAGE, end="")
        return 0 if command in ("-h", "--help", "help") else 2
    setup()
    if command == "demo":
        become("newsroad demo", "newsroad", "demo", *rest)
    if command == "test":
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of the three puts 160 files of tests together anew
        # Small portions: the end-to-end tests, which come first, are one of them.
        three = ("pytest", "-n", "3", "--maxschedchunk", "16")
        become("pytest: everything, on SQLite and PostgreSQL", *three, *rest)
    return check() if command == "check" else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
