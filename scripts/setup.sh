#!/usr/bin/env bash
# Set-up: system packages, Python environment, JVM jars, native engine. Everything lies under SPORTS_TOOLS
# (default .platform); a step is repeated only when the files it depends on have changed.
#
#   TORCH=installed   use the torch of the system's Python instead of the locked one and its CUDA wheels
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(realpath -m "${SPORTS_TOOLS:-.platform}")
venv=$tools/venv

# --- system packages -------------------------------------------------------------------------------------------

missing=()
need() { # need PACKAGE COMMAND...: the package is missing when the command fails
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

java_17() { [[ $(java -version 2>&1) =~ version\ \"([0-9]+) ]] && ((BASH_REMATCH[1] >= 17)); }
cpp_20() { echo 'int main() {}' | g++ -std=c++20 -x c++ -fsyntax-only -; }
python_headers() { python3 -c 'import pathlib, sysconfig as s; (pathlib.Path(s.get_path("include")) / "Python.h").stat()'; }

check_system() {
  missing=()
  need python3-venv python3 -c 'import ensurepip, venv'
  need python3-dev python_headers
  need openjdk-17-jre-headless java_17
  need maven mvn --version
  need g++ cpp_20
  need redis-server redis-server --version
}

install_system() {
  if ! python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    echo "setup: found $(python3 --version 2>&1 || echo 'no python3'); the locked environment needs Python 3.11" >&2
    exit 1
  fi
  check_system
  ((${#missing[@]})) || return 0
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "setup: these system packages are missing (Debian 12 names); install them, then run this again:" >&2
    echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "setup: installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
  check_system
  ((${#missing[@]} == 0)) || { echo "setup: installed, yet still missing: ${missing[*]}" >&2; exit 1; }
}

# --- steps, each with a stamp ------------------------------------------------------------------------------------

step() { # step NAME PATH...: run NAME unless its stamp holds the hash of the paths' contents
  local name=$1 stamp=$tools/stamps/$1 hash
  shift
  hash=$({ find "$@" -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum; echo "$tools ${TORCH:-}"; } | sha256sum)
  [[ -f $stamp && $(<"$stamp") == "$hash" ]] && return 0
  echo "setup: $name"
  rm -f "$stamp"
  "$name"
  mkdir -p "${stamp%/*}"
  echo "$hash" >"$stamp"
}

virtual_environment() {
  local site=()
  [[ ${TORCH:-} != installed ]] || site=(--system-site-packages)
  python3 -m venv --clear "$tools/bootstrap"
  "$tools/bootstrap/bin/pip" install -q --disable-pip-version-check --require-hashes -r scripts/bootstrap.lock
  rm -f "$tools"/stamps/{python_packages,package} # what they installed goes with the old environment
  "$tools/bootstrap/bin/uv" venv -q --clear --python "$(command -v python3)" "${site[@]}" "$venv"
}

python_packages() {
  local lock=requirements.lock
  if [[ ${TORCH:-} == installed ]]; then
    lock=$tools/requirements-without-torch.lock
    awk '/^[a-z]/ { skip = /^(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z0-9-]+)(\[.*\])?==/ } !skip' requirements.lock >"$lock"
  fi
  "$tools/bootstrap/bin/uv" pip sync -q --python "$venv" --require-hashes "$lock"
}

package() {
  "$tools/bootstrap/bin/uv" pip install -q --python "$venv" --reinstall-package sports-platform \
    --no-deps --no-build-isolation --editable .
}

jvm_jars() {
  rm -rf "$tools/jars.new"
  mvn -q -B -Dstyle.color=never -f infra/local/pom.xml -Djars="$tools/jars.new" package </dev/null
  rm -rf "$tools/jars"
  mv "$tools/jars.new" "$tools/jars"
}

native_engine() { "$venv/bin/python" native/build_engine.py "$tools/native"; }

install_system
step virtual_environment scripts/bootstrap.lock
step python_packages requirements.lock scripts/bootstrap.lock
step package pyproject.toml requirements.lock scripts/bootstrap.lock
step jvm_jars infra/local
step native_engine native requirements.lock
