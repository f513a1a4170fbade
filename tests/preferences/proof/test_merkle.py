"""The tree of RFC 9162, by the vectors that certificate transparency publishes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preferences.proof import merkle
from tests.preferences.proof import inclusion

ENTRIES = [bytes.fromhex(entry) for entry in [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS)))
def test_the_root_of_the_published_trees(size, root):
    frontier, counted = merkle.append([], 0, [merkle.leaf_hash(entry) for entry in ENTRIES[:size]])

    assert (merkle.root_hash(frontier).hex(), counted) == (root, size)


@given(st.integers(0, 70), st.integers(0, 70))
def test_growing_in_two_steps_is_growing_in_one(first, second):
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(first + second)]

    step, size = merkle.append([], 0, leaves[:first])

    assert merkle.append(step, size, leaves[first:]) == merkle.append([], 0, leaves)


@given(st.integers(1, 70), st.data())
def test_a_proof_holds_for_its_own_leaf_and_for_no_other(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    root = merkle.root_hash(merkle.append([], 0, leaves)[0])
    path = merkle.inclusion_path(leaves, index)

    assert inclusion.verify_inclusion(leaves[index], index, size, path, root)
    assert not inclusion.verify_inclusion(merkle.leaf_hash(b"forged"), index, size, path, root)
    assert not inclusion.verify_inclusion(leaves[index], (index + 1) % size, size, path, root) or size == 1
