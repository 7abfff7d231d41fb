#!/bin/sh
# Packs a guest for one unpacked Debian kernel package: build-guest.sh KERNEL_DIRECTORY OUTPUT_DIRECTORY
# Writes vmlinuz and initramfs.img. Needs gcc, a static busybox, cpio, xz and kmod.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=$1
out=$2
mkdir -p "$out"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/bin" "$root/modules" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/mnt"
cp "$(command -v busybox)" "$root/bin/busybox"
busybox --list | grep -vx busybox | while read -r applet; do ln -s busybox "$root/bin/$applet"; done
gcc -static -O1 -pthread -Wall -Wextra -o "$root/bin/workload" "$here/guest/workload.c"
cp "$here/guest/init" "$here/guest/cases" "$root/"
chmod +x "$root/init"

find "$kernel" -type f \( -name 'vmlinuz' -o -name 'vmlinuz-*' \) -exec cp {} "$out/vmlinuz" \;

# A module stands after those it needs.
for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk crc32c-intel crc32c-cryptoapi \
  zsmalloc lzo_compress lzo_decompress lzo lzo-rle lz4_compress lz4hc_compress lz4_decompress lz4 lz4hc zstd_compress 842_compress 842_decompress zram fat vfat nls_cp437 nls_ascii; do
  file=$(find "$kernel" -name "$module.ko" -o -name "$module.ko.xz" | head -n 1)
  [ -n "$file" ] || continue
  case $file in
    *.xz) xz -dc "$file" >"$root/modules/$module.ko" ;;
    *) cp "$file" "$root/modules/$module.ko" ;;
  esac
  echo "$module.ko" >>"$root/modules/order"
done

(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$out/initramfs.img"
