"""How long the command line takes to start, as ratios: `python tests/bench/startup.py`.

Each command is timed in turn with the one it is compared with, so that a drifting machine hits both.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = 15

BARE = """\
import typer
app = typer.Typer()
@app.command()
def main(name: str) -> None: print(name)
app()
"""

# what a Typer command that validates with pydantic, computes with numpy and prints with Rich cannot do without
FLOOR = """\
import typer
app = typer.Typer()
@app.command()
def main(name: str) -> None:
    import numpy, yaml
    from pydantic import BaseModel
    from rich.console import Console
    from rich.panel import Panel
    class Text(BaseModel):
        zh: str
    Text(zh=name)
    Console(width=80).print(Panel(name))
app()
"""


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    return time.perf_counter() - start


def first_question(command: list[str]) -> float:
    """Seconds until a question stands on a terminal."""
    import pty  # noqa: PLC0415  (POSIX only)

    start = time.perf_counter()
    pid, screen = pty.fork()
    if pid == 0:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["TERM"] = "xterm"
        os.execv(command[0], command)
    drawn = b""
    while "❯".encode() not in drawn:
        drawn += os.read(screen, 65536)
    taken = time.perf_counter() - start
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(screen)
    return taken


def compare_first(name: str, ours: list[str], theirs: list[str]) -> None:
    pairs = []
    for _ in range(RUNS + 1):
        Path(ours[-1]).unlink(missing_ok=True)
        pairs.append((first_question(ours), seconds(theirs)))
    mine, other = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
    ratio = statistics.median(a / b for a, b in pairs[1:])
    print(f"{name:55} {mine * 1000:6.0f} ms {other * 1000:6.0f} ms   {ratio:5.2f}")


def compare(name: str, ours: list[str], theirs: list[str]) -> None:
    for command in (ours, theirs):
        seconds(command)
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(RUNS)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{name:55} {mine * 1000:6.0f} ms {other * 1000:6.0f} ms   {ratio:5.2f}")


def main() -> None:
    python = sys.executable
    example = str(ROOT / "questionnaires/sme/2024/example.yaml")
    imports = [python, "-c", "import typer, rich, pydantic, yaml, numpy"]
    with tempfile.TemporaryDirectory() as folder:
        bare, floor = Path(folder) / "bare.py", Path(folder) / "floor.py"
        bare.write_text(BARE, encoding="utf-8")
        floor.write_text(FLOOR, encoding="utf-8")
        print(f"{'':55} {'ours':>9} {'theirs':>9}   ratio")
        compare("--help / bare Typer app --help", [python, "-m", "bamai", "--help"], [python, str(bare), "--help"])
        compare("score example / importing its packages", [python, "-m", "bamai", "score", example], imports)
        journal = ["--save", str(Path(folder) / "j.jsonl")]
        asks = [python, "-m", "bamai", "assess", "general", "--name", "x", *journal]
        compare_first("first question / import prompt_toolkit", asks, [python, "-c", "import prompt_toolkit"])
        every = [python, "-c", "import prompt_toolkit, typer, pydantic, yaml, numpy"]
        compare_first("first question / importing all its packages", asks, every)
        compare("a minimal command with those packages / the imports", [python, str(floor), "x"], imports)


if __name__ == "__main__":
    main()
