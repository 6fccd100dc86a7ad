# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by scripts/nightly: both commands of the README, from a fresh clone, on a Debian that has nothing but what
# debootstrap puts into its smallest variant.

BARE=$TOOLS/bare
BARE_SUITE=bookworm

test_on_bare() {
  [ "$(id -u)" -eq 0 ] || die 2 "bare: only root can make a system and mount in it"
  has apt-get || die 2 "bare: only on Debian and Ubuntu"
  if ! has debootstrap; then
    logged apt-update apt-get update
    logged apt-install apt_install debootstrap
  fi
  step "bare: debootstrap --variant=minbase $BARE_SUITE"
  rm -rf --one-file-system "$BARE"
  logged debootstrap debootstrap --variant=minbase "$BARE_SUITE" "$BARE"
  furnish "$BARE"
  inside "$BARE" ./scripts/demo || return
  inside "$BARE" ./scripts/test || return
  rm -rf --one-file-system "$BARE"
}

# furnish ROOT: a clone of what is committed, and what this host needs to reach its package registries.
furnish() {
  local root=$1 file
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
  if [ -d /usr/local/share/ca-certificates ]; then cp -a /usr/local/share/ca-certificates "$root/usr/local/share/"; fi
  for file in .npmrc .m2/settings.xml; do
    if [ -e ~/"$file" ]; then install -D ~/"$file" "$root/root/$file"; fi
  done
  git clone -q . "$root/root/syncmate"
}

# inside ROOT COMMAND: as root, at the root of the clone. Mounts and processes are in namespaces of their own and end with it;
# its root is a mount point, as that of a machine is: else nothing in it can make such a namespace.
inside() {
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --pid --fork --kill-child --propagation private sh -c '
    mount --rbind "$1" "$1" && mount -t proc proc "$1/proc" && mount -t sysfs sysfs "$1/sys" && mount --rbind /dev "$1/dev" &&
      exec chroot "$1" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        ${3:+"NODE_EXTRA_CA_CERTS=$3"} sh -c "cd ~/syncmate && exec $2"
  ' sh "$1" "$2" "${NODE_EXTRA_CA_CERTS:-}"
}
