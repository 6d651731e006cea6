"""Seeds: every random stream derives from one root seed and the names of its use."""

import hashlib


def derive_seed(root: int, *names: object) -> int:
    """A 63-bit seed for the use named by `names`; the same for the same root and names.

    SHA-256 of the parts, so that streams of different uses are independent and no use can be
    reached from another by arithmetic on the seed.
    """
    text = "\x1f".join([str(root), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
