"""Builds the simulation engine as an importable extension (cffi, API mode): `build_engine.py <folder>`.

Portable flags only, so that a built engine runs on any machine of its architecture. A folder that
already holds an engine of these very sources and flags is left as it is.
"""

import argparse
import hashlib
import json
import sys
import sysconfig
import tempfile
from pathlib import Path

from cffi import FFI

NATIVE = Path(__file__).resolve().parent
MODULE = "_sports_engine"
# No errno: vectors of square roots have none.
FLAGS = ["-std=c++20", "-O3", "-fno-math-errno", "-Wall", "-Wextra", "-Wno-psabi", "-fvisibility=hidden", "-pthread"]
# CPython's own flags have -fwrapv, under which no signed overflow is ever reported.
_CHECKED = ["-g", "-O1", "-fno-omit-frame-pointer", "-fno-wrapv", "-U_FORTIFY_SOURCE", "-D_GLIBCXX_ASSERTIONS"]
_UNDEFINED = ["-fsanitize=undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
SANITIZERS = {
    "address": [*_CHECKED, "-fsanitize=address", *_UNDEFINED],
    "thread": [*_CHECKED, "-fsanitize=thread"],
}


def main(arguments: list[str]) -> None:
    """Build into the folder named on the command line, unless it is up to date."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sanitize", choices=SANITIZERS)
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "engine.json"
    library = folder / (MODULE + str(sysconfig.get_config_var("EXT_SUFFIX")))
    flags = FLAGS + SANITIZERS.get(options.sanitize, [])
    wanted = {"sources": _digest(), "flags": flags, "python": sys.version.split()[0]}
    if library.exists() and stamp.exists() and json.loads(stamp.read_text()) == wanted:
        print(f"engine is up to date: {library}")
        return
    _build(library, flags)
    stamp.write_text(json.dumps(wanted, indent=2))
    print(f"engine built: {library}")


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(NATIVE.rglob("*")):
        if path.suffix in {".h", ".cc", ".inc", ".py"}:
            digest.update(path.relative_to(NATIVE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _build(library: Path, flags: list[str]) -> None:
    builder = FFI()
    builder.cdef((NATIVE / "include/sports_engine.h").read_text())
    builder.cdef((NATIVE / "cdef/callbacks.h").read_text())
    builder.set_source(
        MODULE,
        'extern "C" {\n#include "sports_engine.h"\n}',
        source_extension=".cc",
        sources=[str(source) for source in sorted((NATIVE / "src").rglob("*.cc"))],
        include_dirs=[str(NATIVE / "include"), str(NATIVE / "src")],
        extra_compile_args=flags,
        extra_link_args=flags,
    )
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(builder.compile(tmpdir=scratch))
        # Beside its place first: a rename never leaves half a library where an importer looks.
        fresh = library.with_suffix(".new")
        fresh.write_bytes(built.read_bytes())
        fresh.chmod(0o755)
        fresh.replace(library)


if __name__ == "__main__":
    main(sys.argv[1:])
