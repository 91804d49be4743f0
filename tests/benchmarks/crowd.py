"""Eight processes that register 100 cases each in one desk at the same time."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import AFTERSERVICE, call, machine

ONE = (
    "import subprocess, sys\n"
    "for i in range(int(sys.argv[3])):\n"
    "    command = [sys.argv[1], '--db', sys.argv[2], 'register', f'APP无法登录 {i}', '--channel', 'phone']\n"
    "    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
)


def main(processes: int = 8, each: int = 100) -> None:
    """Print what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "afterservice.db"
        call(["init"], db)
        begin = time.perf_counter()
        command = [sys.executable, "-c", ONE, AFTERSERVICE, str(db), str(each)]
        crowd = [subprocess.Popen(command) for _ in range(processes)]
        failed = sum(process.wait() != 0 for process in crowd)
        seconds = time.perf_counter() - begin
        listed = subprocess.run([AFTERSERVICE, "--db", str(db), "list"], check=True, capture_output=True, text=True)
        numbers = sorted(int(row.split("\t")[0].split("-")[1]) for row in listed.stdout.splitlines())
        checked = subprocess.run([AFTERSERVICE, "--db", str(db), "check"], capture_output=True, text=True)
    print(machine())
    print(f"{processes} processes × {each} cases in {seconds:.1f} s; {failed} failed")
    print(f"numbers 1 to {processes * each} without gap or repeat: {numbers == list(range(1, processes * each + 1))}")
    print(f"check: exit {checked.returncode}, {len(checked.stdout)} characters")


if __name__ == "__main__":
    main()
