# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by scripts/nightly: the agent's tests on every Java that agents are meant to run on.

JDKS=(17 21 25)

# Prints the home of a Java of that major version: JAVA_HOME_<major>, what the system has, what SDKMAN has.
find_java() {
  local home named=JAVA_HOME_$1
  for home in "${!named:-/nowhere}" /usr/lib/jvm/* ~/.sdkman/candidates/java/*; do
    if [ -x "$home/bin/java" ] && [ "$(java_major "$home/bin/java")" = "$1" ]; then
      echo "$home"
      return 0
    fi
  done
  return 1
}

# The classes are those of the JDK that builds everything, as those of a release are.
test_on() {
  local said
  maven -pl shared-schema,agent verify -Djvm="$1/bin/java" || return
  said=$("$1/bin/java" -jar "$AGENT_JAR" --version 2>&1 >/dev/null) || return
  [ -z "$said" ] || { echo "agent.jar --version on $1 says on stderr: $said"; return 1; }
}

test_on_each_jdk() {
  local major home failed=0 missing=()
  for major in "${JDKS[@]}"; do
    if home=$(find_java "$major"); then
      echo "--- jdk $major: $home"
      test_on "$home" || failed=1
    else
      missing+=("$major")
    fi
  done
  [ "${#missing[@]}" -eq 0 ] || echo "skipped: JDK ${missing[*]} not found (set JAVA_HOME_<major> to one)"
  return "$failed"
}
