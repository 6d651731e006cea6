#!/usr/bin/env bash
# Dagster's UI and daemon with the local services, in the foreground; the services stop with it.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(realpath "${SPORTS_TOOLS:-.platform}")/venv/bin
export PATH=$bin:$PATH
DAGSTER_HOME=$(python -c '
from sports_platform.core.settings import Settings
from sports_platform.orchestration.instance import instance_folder
print(instance_folder(Settings.load()))')
export DAGSTER_HOME

trap 'sports-platform services stop' EXIT
sports-platform services start
echo "Dagster's UI: http://127.0.0.1:${PORT:-3000} (Ctrl-C ends it and stops the services)"
dagster dev -w workspace.yaml -h 127.0.0.1 -p "${PORT:-3000}"
