# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by scripts/nightly: a Java of arm64 with both libfuses, run by qemu's user emulation on this kernel, so
# that the mounts it makes are real. The packages come from the host's own package sources.

ARM64=$TOOLS/arm64
ARM64_PACKAGES=(openjdk-17-jre-headless libfuse2 libfuse3-3)

# Makes $ARM64/bin/java, unless it is there.
ensure_arm64_java() {
  ensure_qemu
  if [ ! -x "$ARM64/bin/java" ]; then
    step "arm64: ${ARM64_PACKAGES[*]}"
    rm -rf "$ARM64"
    logged arm64-packages fetch_arm64_packages
    logged arm64-unpack unpack_arm64_packages
    write_arm64_java
  fi
  "$ARM64/bin/java" -version >/dev/null 2>&1 || die 2 "$ARM64/bin/java doesn't run; remove $ARM64 and try again"
}

ensure_qemu() {
  if has qemu-aarch64-static; then return; fi
  has apt-get || die 2 "qemu-aarch64-static is missing; install your system's qemu-user-static"
  [ "$(id -u)" -eq 0 ] || die 2 "qemu-aarch64-static is missing; install it: sudo apt-get install qemu-user-static"
  step "packages: qemu-user-static"
  logged apt-update apt-get update
  logged apt-install env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends qemu-user-static
}

# Downloads only, into lists and a cache of its own: the host's packages stay what they are.
fetch_arm64_packages() {
  local options=(
    -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Install-Recommends=false
    -o "Dir::State::Lists=$ARM64/apt/lists" -o "Dir::State::status=$ARM64/apt/status" -o "Dir::Cache=$ARM64/apt/cache"
  )
  mkdir -p "$ARM64/apt/lists/partial" "$ARM64/apt/cache/archives/partial"
  : >"$ARM64/apt/status"
  apt-get "${options[@]}" update && apt-get "${options[@]}" -y -d install "${ARM64_PACKAGES[@]}"
}

unpack_arm64_packages() {
  local package
  for package in "$ARM64"/apt/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$ARM64/root" || return
  done
  rm -rf "$ARM64/apt"
}

# FORK: the JVM's default starts programs through a helper of arm64, which the kernel can't run.
write_arm64_java() {
  local java
  java=$(find "$ARM64/root/usr/lib/jvm" -path '*/bin/java' -print -quit)
  mkdir -p "$ARM64/bin"
  cat >"$ARM64/bin/java" <<SCRIPT
#!/bin/sh
exec qemu-aarch64-static -L "$ARM64/root" "$java" -Djdk.lang.Process.launchMechanism=FORK "\$@"
SCRIPT
  chmod +x "$ARM64/bin/java"
}
