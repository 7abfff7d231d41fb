# Starts oomkit as CDI's controller does, at CDI's own paths and as its user, in a mount namespace of its own that ends with it.
# Arguments: a directory for the overlay; what is /usr/lib/oomkit in the image; the directory for /data or the number of a block device as
# MAJOR:MINOR; the file for /dev/termination-log; the words after the entry point. The environment is passed on.
set -eu
place=$1 program=$2 volume=$3 termination=$4
shift 4
mount --make-rprivate /
mount -t tmpfs tmpfs "$place"
mkdir "$place/upper" "$place/work" "$place/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$place/root"
cd "$place/root"
mkdir -p data dev proc sys usr/lib/oomkit
mount --rbind /proc proc
mount --rbind /sys sys
mount -t tmpfs tmpfs dev
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/urandom c 1 9
touch dev/termination-log
mount --bind "$termination" dev/termination-log
case $volume in
/*) mount --bind "$volume" data ;;
*)
  mknod -m 660 dev/cdi-block-volume b "${volume%:*}" "${volume#*:}"
  chown 107:107 dev/cdi-block-volume
  ;;
esac
mount --bind "$program" usr/lib/oomkit
exec chroot --userspec=107:107 . node /usr/lib/oomkit/dist/oomkit.js "$@"
