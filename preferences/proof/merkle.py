"""The Merkle tree of RFC 9162 §2.1, growing at its right edge. Pure; hashes are SHA-256 as bytes.

The frontier is the list of full subtrees from left to right, largest first: all that is needed to append a
leaf and to compute the root, in O(log n).
"""

import hashlib
from collections.abc import Iterable

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(frontier: list[bytes], size: int, leaves: Iterable[bytes]) -> tuple[list[bytes], int]:
    """The frontier and size after these leaf hashes."""
    edge = list(frontier)
    for digest in leaves:
        for _full in range(_trailing_ones(size)):
            digest = node_hash(edge.pop(), digest)
        edge.append(digest)
        size += 1
    return edge, size


def root_hash(frontier: list[bytes]) -> bytes:
    """The root of the tree with this frontier."""
    if not frontier:
        return EMPTY
    digest = frontier[-1]
    for subtree in reversed(frontier[:-1]):
        digest = node_hash(subtree, digest)
    return digest


def inclusion_path(leaves: list[bytes], index: int) -> list[bytes]:
    """The audit path that proves one leaf is in the tree of these leaves (RFC 9162 §2.1.3.1)."""
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_path(leaves[:split], index), _root_of(leaves[split:])]
    return [*inclusion_path(leaves[split:], index - split), _root_of(leaves[:split])]


def _root_of(leaves: list[bytes]) -> bytes:
    return root_hash(append([], 0, leaves)[0])


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
