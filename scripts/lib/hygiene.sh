#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What must not be in tracked files: hosts of package registries, paths of somebody's machine, scripts that don't parse.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! git rev-parse --git-dir >/dev/null 2>&1; then
  echo "skipped: not a git checkout, or no git: what is tracked is unknown"
  exit 0
fi

failed=0
# refuse WHAT GREP-ARGUMENTS...: fails if a tracked file matches.
refuse() {
  local what=$1 found
  shift
  found=$(git grep -nI "$@" | cut -c1-160 | head -n 10 || true)
  if [ -z "$found" ]; then
    echo "ok: no $what"
  else
    printf 'FAILED: %s in tracked files:\n%s\n' "$what" "$found"
    failed=1
  fi
}

# The hosts that this machine's package managers talk to; whatever they are, no file names them.
registry_hosts() {
  {
    npm config get registry
    cat ~/.m2/settings.xml ~/.npmrc /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true
  } | grep -oE 'https?://[^/ <"]+' | sed -E 's#^https?://##; s#^.*@##; s#:[0-9]+$##' | grep -F . | grep -vE '(apache|w3)\.org$' | sort -u
}
hosts=()
while IFS= read -r host; do hosts+=(-e "$host"); done < <(registry_hosts || true)
[ "${#hosts[@]}" -eq 0 ] || refuse "host of a package registry" -F "${hosts[@]}"
refuse "resolved address (npm config set omit-lockfile-registry-resolved true, then npm install)" -E '^ *"resolved"[:]' -- '*package-lock.json'

machine=(-e '(^|[^A-Za-z0-9._/-])/(home|Users)/[a-z][a-z0-9_-]*/' -e '(^|[^A-Za-z0-9._/-])/[r]oot/' -e '/tmp/[b]ash_jobs')
# This checkout's own place, unless it is so short that it could stand for something else.
case $PWD in /*/*) machine+=(-e "(^|[^A-Za-z0-9._/-])$(printf '%s' "$PWD" | sed 's/[.[\*^$+?(){}|]/\\&/g')(/|$)") ;; esac
refuse "path of a machine" -E "${machine[@]}"

while IFS= read -r script; do
  if bash -n "$script"; then echo "ok: bash -n $script"; else failed=1; fi
  if command -v shellcheck >/dev/null 2>&1; then
    if shellcheck -x "$script"; then echo "ok: shellcheck $script"; else failed=1; fi
  fi
done < <(git ls-files -- .ci scripts | xargs grep -lE '^#!.*sh$|shellcheck shell=' --)
command -v shellcheck >/dev/null 2>&1 || echo "skipped: shellcheck is not installed"

exit "$failed"
