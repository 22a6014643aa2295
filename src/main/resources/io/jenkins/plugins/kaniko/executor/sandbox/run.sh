# Runs one command under a root directory, as the first process of new pid, mount, ipc and uts namespaces.
# Usage: unshare --pid --mount --ipc --uts --fork sh run.sh WORKSHOP HOSTNAME KIND SOURCE OPTIONS FSTAB TARGETS USER GROUPS NETWORK MOUNTS SECURITY <SCRIPT
#   WORKSHOP  made by prepare.sh
#   KIND      "overlay" (SOURCE: the directory that the names in OPTIONS are relative to) or "directory" (SOURCE: the root itself)
#   FSTAB     file of further mounts, or empty; TARGETS: their targets inside the root, one a line
#   USER      +uid:+gid, or empty where there is only one id; GROUPS: +gid,+gid...
#   NETWORK   "host", or "none": this is in a network namespace of its own
#   MOUNTS    file of calls of "tree" and "attach" below, or empty
#   SECURITY  "sandbox", or "insecure": the command keeps the capabilities of this script
#   SCRIPT    what the last shell does inside: it sets the environment and execs the command. It comes over standard input because
#             values may be secret, and arguments are there for everybody to see.
# Standard error carries nothing but the trouble of this script until SCRIPT says that it has begun.
set -euf
umask 022
workshop=$1 hostname=$2 kind=$3 source=$4 options=$5 fstab=$6 targets=$7 user=$8 groups=$9
shift 9
network=$1 mounts=$2 security=$3
root=$workshop/root

fail() {
  echo "$1" >&2
  exit 1
}

# No component may be a link: an image could lead a mount elsewhere by one.
refuse_links() { # BASE PATH
  path=$1
  IFS=/
  for name in $2; do
    [ -n "$name" ] || continue
    path=$path/$name
    [ ! -L "$path" ] || fail "the mount point $2 of the root passes through the symbolic link ${path#"$1"}"
  done
  unset IFS
}

check_target() {
  refuse_links "$root" "$1"
  [ -e "$root$1" ] || fail "the mount point $1 is missing in the root"
}

mount_root() { # KIND SOURCE OPTIONS POINT
  cd "$2"
  case $1 in
    overlay) mount -t overlay -o "$3" overlay "$4" ;;
    directory)
      mount --bind . "$4"
      mount -o "remount,bind,$3" "$4"
      ;;
  esac
}

tree() { # NUMBER KIND SOURCE OPTIONS PATH: mounts another root outside of the command's
  mkdir -p "$workshop/tree$1"
  mount_root "$2" "$3" "$4" "$workshop/tree$1"
  refuse_links "$workshop/tree$1" "$5"
}

attach() { # file|directory SOURCE TARGET TYPE OPTIONS
  refuse_links "$root" "$3"
  if [ ! -e "$root$3" ]; then
    # The root has all its mount points, so this one lies in another mount.
    case $1 in
      directory) mkdir -p "$root$3" ;;
      file)
        mkdir -p "$root${3%/*}"
        : >"$root$3"
        ;;
    esac
  fi
  case $1 in
    directory) [ -d "$root$3" ] || fail "the mount point $3 is a file, and what comes there a directory" ;;
    file) [ ! -d "$root$3" ] || fail "the mount point $3 is a directory, and what comes there a file" ;;
  esac
  mount -t "$4" -o "$5" "$2" "$root$3"
}

# Some seccomp filters forbid it to everybody; the name protects nothing.
hostname "$hostname" 2>/dev/null || :
if [ "$network" = none ]; then
  # The loopback interface is switched on through the sysfs of this network namespace, because that needs no further tool. Best
  # effort: without it a command has no interface at all.
  (
    mount -t sysfs -o nosuid,nodev,noexec loopback "$workshop/old"
    echo 0x9 >"$workshop/old/class/net/lo/flags"
    umount "$workshop/old"
  ) 2>/dev/null || :
fi
mount_root "$kind" "$source" "$options" "$root"

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
[ -z "$mounts" ] || . "$mounts"

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
drop="$box/setpriv --bounding-set=$capabilities --inh-caps=-all --ambient-caps=-all"
[ "$security" = sandbox ] || drop=
exec $drop $box/chroot ${user:+--userspec="$user" --groups="$groups"} . \
  $inside/lib/loader --library-path $inside/lib $inside/bin/sh -s
