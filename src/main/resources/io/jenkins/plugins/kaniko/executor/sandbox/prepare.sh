# Makes, once per build and in its private mount namespace, what every command needs.
# Usage: sh -c "$(cat prepare.sh)" prepare WORKSHOP ESCAPED FSTAB_SYSTEM FSTAB_DEVICES
# WORKSHOP is an empty directory, ESCAPED its name as mountinfo and fstab have it (a space is \040). Afterwards a tmpfs lies on it that holds
#   box/     the few host tools that are still needed once the host's root is gone, with their libraries
#   dev/     what a fresh /dev starts with
#   sys/     the host's /sys, read-only
#   root/    where a command's root is mounted (each command in a mount namespace of its own)
#   old/     where the host's root lies for the moment of pivot_root
#   proc     a link to root/proc: libmount wants to read /proc
#   system.fstab, devices.fstab   what run.sh mounts
# Every program that is started here costs each build some milliseconds.
set -euf
umask 022
workshop=$1 escaped=$2
mount -t tmpfs -o mode=0755,size=64m,nosuid,nodev workshop "$workshop"
cd "$workshop"
mkdir -p box/bin box/lib dev/pts dev/shm dev/mqueue dev/.kaniko-build sys root old
printf %s "$3" >system.fstab
printf %s "$4" >devices.fstab

for node in null zero full random urandom tty; do : >dev/$node; done
ln -s root/proc .
ln -s /proc/self/fd pts/ptmx dev
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

# Here comes box.sh.

# A fresh sysfs would need a network namespace of its own, so the host's is shown, and every mount of it is made read-only. What the
# host mounted there besides cgroups (debugfs, tracefs, efivarfs, ...) is covered, as are the entries that runc masks.
mount --rbind /sys sys
mounts=$(cat /proc/self/mountinfo)
cover() {
  printf 'covered %s tmpfs ro,nosuid,nodev,noexec 0 0\n' "$1" >>covers.fstab
}
covered=none
: >covers.fstab
while read -r id over device origin point options rest; do
  case $point in
    "$covered"/*) continue ;; # hidden already
    "$escaped/sys" | "$escaped/sys/fs/cgroup" | "$escaped/sys/fs/cgroup/"*)
      keep=ro
      for flag in nosuid nodev noexec; do
        case ,$options, in *,$flag,*) keep=$keep,$flag ;; esac
      done
      mount -o "remount,bind,$keep" "$workshop/sys${point#"$escaped/sys"}"
      ;;
    "$escaped/sys/"*)
      cover "$point"
      covered=$point
      ;;
  esac
done <<END
$mounts
END
for point in sys/firmware sys/devices/virtual/powercap; do
  [ ! -d $point ] || cover "$escaped/$point"
done
mount --all --fstab "$workshop/covers.fstab"
[ ! -w sys ] || { echo "/sys could not be made read-only" >&2; exit 1; }
