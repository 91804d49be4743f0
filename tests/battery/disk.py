"""A disk whose power fails: what may lie on it when only what was synced must be there.

What is written to a file is certain once the file was synced, a name once its folder was. Whatever else was done may be
lost or kept, each sector of a write for itself; a rename is there as a whole or not at all.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from traced import Op, Traced

SECTORS = (512, 4096)
Unit = tuple[int, int]  # an operation, and which sector of it; sector 0 of what is no write


class Cut(NamedTuple):
    """A power cut: after how many operations, what of them is lost, and how the disk is."""

    after: int
    lost: tuple[Unit, ...]
    sector: int
    grown: bool  # a file has the size that it was written to, with zeros for what is lost


def sectors(op: Op, sector: int) -> Iterator[tuple[int, bytes]]:
    """Yield the parts of a write that a disk writes at once, with their offsets."""
    at, end = op.at, op.at + len(op.data)
    while at < end:
        until = min(end, (at // sector + 1) * sector)
        yield at, op.data[at - op.at : until - op.at]
        at = until


def uncertain(ops: Sequence[Op], after: int) -> list[int]:
    """Return which of the first operations nothing has made certain yet."""
    synced: set[int] = set()
    found = []
    for number in range(after - 1, -1, -1):
        op = ops[number]
        if op.kind == "sync":
            synced.add(op.node)
        elif op.kind in ("write", "truncate"):
            if op.node not in synced:
                found.append(number)
        elif op.kind != "said" and not any(folder in synced for folder, _ in op.names):
            found.append(number)
    return found[::-1]


def cut(ops: Sequence[Op], after: int, chance: Random | None = None) -> Cut:
    """Think of a power cut after some operations; without `chance`, one that loses all that it can."""
    sector = chance.choice(SECTORS) if chance else SECTORS[0]
    share = chance.choice((0.0, 0.05, 0.5, 0.5, 0.95, 1.0)) if chance else 1.0
    units = [
        (number, part)
        for number in uncertain(ops, after)
        for part in range(len(list(sectors(ops[number], sector))) if ops[number].kind == "write" else 1)
    ]
    lost = tuple(unit for unit in units if not chance or chance.random() < share)
    return Cut(after, lost, sector, bool(chance and chance.random() < 0.3))


def left(ops: Sequence[Op], before: Mapping[int, bytes | Mapping[str, int]], power: Cut) -> dict[int, "Node"]:
    """Return what lies on the disk after a power cut, by ids."""
    there = {node: dict(held) if isinstance(held, Mapping) else bytearray(held) for node, held in before.items()}
    lost, gone = set(power.lost), set[tuple[int, str]]()
    doubtful = set(uncertain(ops, power.after))
    for number, op in enumerate(ops[: power.after]):
        if op.kind == "write":
            _write(_file(there, op.node), op, number, lost, power)
        elif op.kind == "truncate" and (number, 0) not in lost:
            file = _file(there, op.node)
            file[op.at :] = bytes(max(0, op.at - len(file)))
        elif op.names:
            # What is lost of a name takes along what was done with the name later.
            if (number, 0) in lost or (number in doubtful and not gone.isdisjoint(op.names)):
                gone.update(op.names)
                continue
            if op.kind in ("unlink", "rmdir", "rename"):
                _folder(there, op.names[0][0]).pop(op.names[0][1], None)
            if op.kind not in ("unlink", "rmdir"):
                folder, name = op.names[-1]
                _folder(there, folder)[name] = op.node
            there.setdefault(op.node, {} if op.kind == "mkdir" else bytearray())
    return there


def _write(file: bytearray, op: Op, number: int, lost: Collection[Unit], power: Cut) -> None:
    for part, (at, data) in enumerate(sectors(op, power.sector)):
        kept = (number, part) not in lost
        if (kept or power.grown) and len(file) < at + len(data):
            file.extend(bytes(at + len(data) - len(file)))
        if kept:
            file[at : at + len(data)] = data


Node = bytearray | dict[str, int]


def _file(there: dict[int, Node], node: int) -> bytearray:
    found = there.setdefault(node, bytearray())
    assert isinstance(found, bytearray)
    return found


def _folder(there: dict[int, Node], node: int) -> dict[str, int]:
    found = there.setdefault(node, {})
    assert isinstance(found, dict)
    return found


def seen(folder: Path, run: Traced) -> dict[int, bytes | Mapping[str, int]]:
    """Return what lies in a folder, which is as it was before a run, by the ids that the run gave."""
    found: dict[int, bytes | Mapping[str, int]] = {}
    for path, node in run.nodes.items():
        place = folder / path
        if place.is_dir():
            found[node] = {each.name: run.nodes[each.relative_to(folder).as_posix()] for each in place.iterdir()}
        else:
            found[node] = place.read_bytes()
    return found


def lay_out(there: Mapping[int, bytes | bytearray | Mapping[str, int]], root: int, folder: Path) -> None:
    """Make a folder of what lies on a disk."""
    folder.mkdir(mode=0o700)
    held = there[root]
    assert isinstance(held, Mapping)
    for name, node in held.items():
        content = there.get(node, b"")
        if isinstance(content, Mapping):
            lay_out(there, node, folder / name)
        else:
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)


def described(ops: Sequence[Op], power: Cut) -> str:
    """Say what a power cut is, so that it can be followed by hand."""
    lines = [f"the power fails after {power.after} of {len(ops)} operations:"]
    lines += [f"  {number:4} {_said(op)}" for number, op in enumerate(ops[: power.after])][-20:]
    lines.append(f"lost, in sectors of {power.sector}{', sizes as written' if power.grown else ''}:")
    for number in sorted({number for number, _ in power.lost}):
        parts = [part for each, part in power.lost if each == number]
        of = f" (sectors {parts[:8]})" if ops[number].kind == "write" else ""
        lines.append(f"  {number:4} {_said(ops[number])}{of}")
    return "\n".join(lines)


def _said(op: Op) -> str:
    more = (
        f" {len(op.data)} bytes at {op.at}" if op.kind == "write" else f" to {op.at}" if op.kind == "truncate" else ""
    )
    return f"{op.kind} {op.path}{more}"
