#!/usr/bin/env bash
# clang-tidy over the engine, with the flags it is built with, two files at a time: silent unless it finds something.
# What it looks for: native/.clang-tidy.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(realpath -m "${SPORTS_TOOLS:-.platform}")/venv/bin
read -ra flags < <(PYTHONPATH=native "$bin/python" -c 'from build_engine import FLAGS; print(*FLAGS)')
find native/src -name '*.cc' -print0 | sort -z |
  xargs -0 -P2 -I{} "$bin/clang-tidy" --quiet {} -- "${flags[@]}" -Inative/include -Inative/src
