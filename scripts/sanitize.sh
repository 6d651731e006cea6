#!/usr/bin/env bash
# The engine's tests under gcc's sanitizers: one build for addresses, leaks and undefined behaviour, one for threads,
# each in a tools folder of its own under SPORTS_TOOLS/sanitize. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(realpath -m "${SPORTS_TOOLS:-.platform}")
python=$tools/venv/bin/python
tests=sports_platform_tests/simulation

# The sanitizers need fixed addresses, which a random layout may have taken. A container may forbid to ask for another.
layout=()
if setarch -R true 2>/dev/null; then layout=(setarch -R); fi

findings() { # findings REPORT...: what concerns the engine, as CPython and its packages leak on purpose
  local report
  for report in "$@"; do
    if grep -q LeakSanitizer "$report"; then
      awk -v RS= -v ORS='\n\n' '/leak of/ && /native\/src\/|_sports_engine/' "$report"
    else
      cat "$report"
    fi
  done
}

check() { # check SANITIZER RUNTIME PYTEST-ARGUMENT...: build, test, and print what the sanitizer found
  local home=$tools/sanitize/$1 runtime passed=yes found
  # Beside its runtime libstdc++: loaded later, its exceptions would pass the sanitizer by.
  runtime="$(gcc -print-file-name="$2") $(gcc -print-file-name=libstdc++.so)"
  rm -f "$home"/report.*
  "$python" native/build_engine.py "$home/native" --sanitize "$1"
  shift 2
  # - With exitcode=0 the reports alone tell: of leaks `findings` keeps ours; now and then the search for leaks itself
  #   crashes, which is no finding (google/sanitizers issue 1353). pymalloc would hide what is in use.
  # - The sanitizer of undefined behaviour writes to stderr only, which pytest must leave alone.
  # - Races are looked for in the engine alone; a thread of polars' jemalloc, unseen by the sanitizer, would crash it.
  "${layout[@]}" env SPORTS_TOOLS="$home" LD_PRELOAD="$runtime" PYTHONMALLOC=malloc \
    _RJEM_MALLOC_CONF=background_thread:false \
    ASAN_OPTIONS="exitcode=0:log_path=$home/report" UBSAN_OPTIONS=print_stacktrace=1 \
    TSAN_OPTIONS="halt_on_error=1:ignore_noninstrumented_modules=1:log_path=$home/report" \
    "$python" -m pytest --capture=sys "$@" || passed=no
  found=$(shopt -s nullglob; findings "$home"/report.*)
  [[ -z $found ]] || printf '%s\n' "$found"
  [[ $passed == yes && -z $found ]]
}

check address libasan.so "$tests"/test_{abi,course,engine,fouls,replay,rules}.py "$@"
# The wild calls play by two threads as well, but would take minutes here.
check thread libtsan.so "$tests"/test_engine.py "$@"
