# Runs one command under a root directory, as the first process of new pid, mount, ipc and uts namespaces.
# Usage: unshare --pid --mount --ipc --uts --fork sh run.sh WORKSHOP HOSTNAME KIND SOURCE OPTIONS FSTAB TARGETS USER GROUPS <SCRIPT
#   WORKSHOP  made by prepare.sh
#   KIND      "overlay" (SOURCE: the directory that the names in OPTIONS are relative to) or "directory" (SOURCE: the root itself)
#   FSTAB     file of further mounts, or empty; TARGETS: their targets inside the root, one a line
#   USER      +uid:+gid; GROUPS: +gid,+gid...
#   SCRIPT    what the last shell does inside: it sets the environment and execs the command. It comes over standard input because
#             values may be secret, and arguments are there for everybody to see.
# Standard error carries nothing but the trouble of this script until SCRIPT says that it has begun.
set -euf
umask 022
workshop=$1 hostname=$2 kind=$3 source=$4 options=$5 fstab=$6 targets=$7 user=$8 groups=$9
root=$workshop/root

fail() {
  echo "$1" >&2
  exit 1
}

# Every component must be there, and none may be a link: an image could lead a mount elsewhere by one.
check_target() {
  path=$root
  IFS=/
  for name in $1; do
    [ -n "$name" ] || continue
    path=$path/$name
    [ ! -L "$path" ] || fail "the mount point $1 of the root passes through the symbolic link ${path#"$root"}"
    [ -e "$path" ] || fail "the mount point $1 is missing in the root"
  done
  unset IFS
}

hostname "$hostname"
cd "$source"
case $kind in
  overlay) mount -t overlay -o "$options" overlay "$root" ;;
  directory)
    mount --bind . "$root"
    mount -o "remount,bind,$options" "$root"
    ;;
esac

for target in proc sys dev; do
  check_target /$target
  [ -d "$root/$target" ] || fail "the mount point /$target of the root is no directory"
done
mount --all --fstab "$workshop/system.fstab"
cp -a "$workshop/dev/." "$root/dev"
mount --all --fstab "$workshop/devices.fstab"
if [ -n "$fstab" ]; then
  while read -r target; do check_target "$target"; done <<END
$targets
END
  mount --all --fstab "$fstab"
fi

# From here on the host's files are gone from this mount namespace, so nothing can lead back to them, and no unmasked /proc is left
# that would let a command mount another one in a user namespace of its own. The tools come from the box, with the box's loader
# and libraries: nothing of the image may run before the capabilities are dropped.
cd "$workshop"
pivot_root . old
cd /
box="/box/lib/loader --library-path /box/lib /box/bin"
$box/umount -l /old
cd /root
# Inside a user namespace libmount reports a failure although the mount has moved: look instead.
$box/mount --move . / 2>/dev/null || :
[ /.. -ef . ] || fail "the root could not be moved to /"

inside=/dev/.kaniko-build
capabilities=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service
capabilities=$capabilities,+sys_chroot,+mknod,+audit_write,+setfcap
exec $box/setpriv --bounding-set=$capabilities --inh-caps=-all --ambient-caps=-all \
  $box/chroot --userspec="$user" --groups="$groups" . \
  $inside/lib/loader --library-path $inside/lib $inside/bin/sh -s
