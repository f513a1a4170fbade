"""A verifier of inclusion proofs, written from RFC 9162 alone, for tests of the transparency log."""

from preferences.proof.merkle import node_hash


def verify_inclusion(digest: bytes, index: int, size: int, path: list[bytes], expected: bytes) -> bool:
    """Does this path lead from the leaf at this index to the root? (RFC 9162 §2.1.3.2)"""
    position, last = index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if position % 2 or position == last:
            digest = node_hash(sibling, digest)
            while not position % 2 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and digest == expected and index < size
