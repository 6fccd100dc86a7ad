# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the scripts: makes sure that what they need is there, builds what is out of date.
# One line a step on stdout; what the step prints goes to a log that is named when it fails.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TOOLS=$ROOT/.tools
LOGS=$TOOLS/log
AGENT_JAR=$ROOT/agent/target/agent.jar
WORKER=$ROOT/coordinator-worker

JDK_MAJOR_MIN=17
NODE_MIN=$(grep -A4 '"devEngines"' "$WORKER/package.json" | sed -n 's/.*">=\([0-9.]*\)".*/\1/p')
# The packages that stand in for a Node that is too old; npm's own, as distributions patch theirs.
PINNED_NODE=22.23.5
PINNED_NPM=10.9.9
# One for all checkouts of this user.
NODE_CACHE=${XDG_CACHE_HOME:-~/.cache}/syncmate
PINNED_NODE_BIN=$NODE_CACHE/node-$PINNED_NODE/node_modules/.bin

step() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# die STATUS MESSAGE...
die() {
  local status=$1
  shift
  printf 'error: %s\n' "$*" >&2
  exit "$status"
}

# logged NAME COMMAND...: runs it with its output in a log; on failure shows the end of that log.
logged() {
  local name=$1 log=$LOGS/$1.log
  shift
  mkdir -p "$LOGS"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    die 2 "$name failed; the whole output is in $log"
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }

# Prints the major version of a java or javac, or 0.
java_major() {
  local version
  version=$("$1" -version 2>&1 | sed -n 's/^[^0-9]*\([0-9][0-9.]*\).*/\1/p' | head -n 1)
  version=${version#1.}
  printf '%s\n' "${version%%.*}" | grep -E '^[0-9]+$' || echo 0
}

# True if the node in PATH is NODE_MIN or newer.
node_fits() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  printf '%s\n' "$NODE_MIN" "${version#v}" | sort -V -C
}

# A JDK that is new enough: JAVA_HOME, the one in PATH, or any that is installed.
find_jdk() {
  local javac home
  for javac in "${JAVA_HOME:-/nowhere}/bin/javac" "$(command -v javac || true)" /usr/lib/jvm/*/bin/javac; do
    [ -x "$javac" ] || continue
    [ "$(java_major "$javac")" -ge "$JDK_MAJOR_MIN" ] || continue
    home=$(dirname "$(dirname "$(readlink -f "$javac")")")
    export JAVA_HOME=$home PATH=$home/bin:$PATH
    return 0
  done
  return 1
}

has_libfuse() {
  local found
  found=$(find /lib /usr/lib /usr/local/lib -maxdepth 2 -name 'libfuse.so.2*' -print -quit 2>/dev/null)
  [ -n "$found" ]
}
has_libfuse3() {
  local found
  found=$(find /lib /usr/lib /usr/local/lib -maxdepth 2 -name 'libfuse3.so.*' -print -quit 2>/dev/null)
  [ -n "$found" ]
}
has_fusermount() { has fusermount || has fusermount3; }
has_fuse() { has_libfuse && has_fusermount && [ -e /dev/fuse ]; }

# Prints the first of these packages that apt knows, else the first.
first_known() {
  local package
  for package in "$@"; do
    if [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then
      echo "$package"
      return
    fi
  done
  echo "$1"
}

# Programs that the calling script has a use for, each in a package of its name.
ALSO_WANTED=()

# Fills MISSING with the Debian/Ubuntu packages without which nothing runs, WANTED with those without which less is done.
find_missing() {
  local program
  MISSING=()
  WANTED=()
  find_jdk || MISSING+=("$(first_known openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless)")
  has mvn || MISSING+=(maven)
  has curl || MISSING+=(curl ca-certificates)
  # npm is enough: it brings the pinned Node where the distribution's is too old.
  if ! has npm || ! has node; then MISSING+=(nodejs npm); fi
  has_libfuse || WANTED+=("$(first_known libfuse2 libfuse2t64)")
  { has_fusermount && has_libfuse3; } || WANTED+=(fuse3)
  for program in "${ALSO_WANTED[@]}"; do has "$program" || WANTED+=("$program"); done
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

ensure_packages() {
  find_missing
  if [ "${#MISSING[@]}" -gt 0 ] || [ "${#WANTED[@]}" -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ] && has apt-get; then
      step "packages: installing what is missing"
      logged apt-update apt-get update
      # Names differ between releases, and only now does apt know them.
      find_missing
      [ "${#MISSING[@]}" -eq 0 ] || logged apt-install apt_install "${MISSING[@]}"
      if [ "${#WANTED[@]}" -gt 0 ] && ! (logged apt-install-wanted apt_install "${WANTED[@]}"); then
        warn "not all of ${WANTED[*]} could be installed"
      fi
      find_missing
    fi
  fi
  if [ "${#MISSING[@]}" -gt 0 ]; then
    die 2 "missing on this host: ${MISSING[*]}
Install with:  sudo apt-get update && sudo apt-get install -y ${MISSING[*]} ${WANTED[*]}
(or the same of your distribution: JDK $JDK_MAJOR_MIN or newer, Maven, Node with npm, curl)"
  fi
  if [ "${#WANTED[@]}" -gt 0 ]; then
    warn "not installed: ${WANTED[*]}; tests that need them are skipped, and without FUSE agents read their sources directly"
  elif [ ! -e /dev/fuse ]; then
    warn "no /dev/fuse: agents read their sources directly and the FUSE tests are skipped"
  fi
}

# For scripts that install nothing but the pinned Node.
require_npm() {
  { has npm && has node; } || die 2 "node and npm are missing on this host (expected: Node $NODE_MIN or newer)"
}

# A node that fits, first in PATH: the host's, else the pinned one.
ensure_node() {
  if node_fits; then return 0; fi
  [ -x "$PINNED_NODE_BIN/node" ] || fetch_pinned_node
  export PATH=$PINNED_NODE_BIN:$PATH
  hash -r
  node_fits || die 2 "the pinned Node does not run: $PINNED_NODE_BIN/node"
}

# The host's npm brings it. It appears whole or not at all: somebody else may be doing the same.
fetch_pinned_node() {
  local found machine new
  found=$(node --version 2>/dev/null || echo missing)
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) die 2 "node is $found (expected: $NODE_MIN or newer) and there is no pinned Node for $(uname -m): install one" ;;
  esac
  step "node: the host's is $found (expected: $NODE_MIN or newer), taking $PINNED_NODE from the npm registry"
  mkdir -p "$NODE_CACHE"
  new=$(mktemp -d "$NODE_CACHE/new.XXXXXX")
  (logged node npm install --prefix "$new" --no-save --ignore-scripts --no-fund --no-audit \
    "node-linux-$machine@$PINNED_NODE" "npm@$PINNED_NPM") || {
    rm -rf "$new"
    exit 2
  }
  mv -T "$new" "$NODE_CACHE/node-$PINNED_NODE" 2>/dev/null || rm -rf "$new"
}

ensure_tools() {
  ensure_packages
  ensure_node
  step "tools: JDK $(java_major javac), Maven $(mvn_version), Node $(node --version), FUSE $(has_fuse && echo yes || echo no)"
}

mvn_version() { mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1; }

# Started in the background by a shell, we ignore SIGINT, and so would the processes that tests interrupt.
maven() {
  local as_usual=(env "--default-signal=HUP,INT,TERM")
  "${as_usual[@]}" true 2>/dev/null || as_usual=(env)
  "${as_usual[@]}" mvn -B -ntp "$@"
}

# The worker's packages, when package-lock.json is not the one they were installed from.
ensure_worker_packages() {
  local stamp=$WORKER/node_modules/.syncmate-lock
  if cmp -s "$WORKER/package-lock.json" "$stamp"; then return 0; fi
  step "coordinator-worker: npm ci"
  logged npm-ci npm --prefix "$WORKER" ci --ignore-scripts --no-fund --no-audit
  cp "$WORKER/package-lock.json" "$stamp"
}

# agent.jar, when a source is newer than it.
ensure_agent_jar() {
  local newer=stale
  if [ -f "$AGENT_JAR" ]; then
    newer=$(find "$ROOT/pom.xml" "$ROOT"/{agent,shared-schema}/pom.xml "$ROOT"/{agent,shared-schema}/src/main "$ROOT/shared-schema/schemas" \
      -newer "$AGENT_JAR" -print -quit)
  fi
  if [ -z "$newer" ]; then return 0; fi
  step "agent.jar: mvn package (the first time also fetches its libraries)"
  logged agent-jar mvn -B -ntp -f "$ROOT/pom.xml" -pl agent -am package -Dmaven.test.skip=true
}
