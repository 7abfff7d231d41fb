#!/bin/sh
# Boots a packed guest for one case: run-case.sh GUEST_DIRECTORY v1|v2 CASE OUTPUT_DIRECTORY
# Writes CASE.told, what the guest said on its second serial line. Emulates the processor, so that no /dev/kvm is needed.
set -eu
guest=$1
cgroup=$2
name=$3
out=$4
mkdir -p "$out"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The programs run from a real file system, so that their text is page cache and not shmem as in an initramfs.
mkdir "$work/disk"
gcc -static -O1 -pthread -Wall -Wextra -o "$work/disk/workload" "$here/guest/workload.c"
strip "$work/disk/workload"
truncate -s 400M "$work/disk.img"
mkfs.ext4 -q -F -d "$work/disk" "$work/disk.img"

throttle=
numa=
pressure=
case $name in
  dirty-* | live-dirty-*) throttle=,throttling.bps-write=16384 ;;
  cpuset-node | mempolicy-node)
    numa='-object memory-backend-ram,id=m0,size=384M -object memory-backend-ram,id=m1,size=384M
      -numa node,nodeid=0,cpus=0,memdev=m0 -numa node,nodeid=1,cpus=1,memdev=m1'
    ;;
esac
# Debian's kernels measure pressure only when told to.
case $name in live-*) pressure=psi=1 ;; esac

# shellcheck disable=SC2086 # the NUMA options are words
timeout 270 nice -n 10 qemu-system-x86_64 -m 768 -smp 2 -display none -no-reboot \
  -kernel "$guest/vmlinuz" -initrd "$guest/initramfs.img" \
  -append "console=ttyS0 panic=-1 quiet log_buf_len=4M lab.case=$name lab.cgroup=$cgroup lab.seed=oom $pressure" \
  -serial "file:$work/console" -serial "file:$out/$name.told" \
  -drive "file=$work/disk.img,format=raw,if=virtio,cache=writeback$throttle" $numa || cat "$work/console" >&2
