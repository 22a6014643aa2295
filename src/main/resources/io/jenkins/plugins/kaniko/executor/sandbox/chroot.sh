# Runs one command under a root directory with nothing but chroot. Usage: sh -c "$(cat chroot.sh)" chroot ROOT BOX USER GROUPS SECURITY <SCRIPT
#   ROOT    its /dev is a new and empty directory of our own
#   BOX     filled by box.sh
#   USER    +uid:+gid; GROUPS: +gid,+gid...; SECURITY and SCRIPT: as for run.sh
# Standard error carries nothing but the trouble of this script until SCRIPT says that it has begun.
set -euf
umask 022
root=$1 box=$2 user=$3 groups=$4 security=$5
cd "$root/dev"
mknod -m 666 null c 1 3
mknod -m 666 zero c 1 5
mknod -m 666 full c 1 7
mknod -m 666 random c 1 8
mknod -m 666 urandom c 1 9
mknod -m 666 tty c 5 0
(: >null) 2>/dev/null || { echo "devices cannot be opened in $root (mounted with nodev)" >&2; exit 1; }
mkdir pts mqueue .kaniko-build
mkdir -m 1777 shm
# Without /proc these lead nowhere, which is better than a file of their name.
ln -s /proc/self/fd fd
ln -s fd/0 stdin
ln -s fd/1 stdout
ln -s fd/2 stderr
cp -R "$box/." .kaniko-build
inside=/dev/.kaniko-build
capabilities=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service
capabilities=$capabilities,+sys_chroot,+mknod,+audit_write,+setfcap
drop="setpriv --bounding-set=$capabilities --inh-caps=-all --ambient-caps=-all"
[ "$security" = sandbox ] || drop=
cd /
exec $drop chroot --userspec="$user" --groups="$groups" "$root" \
  $inside/lib/loader --library-path $inside/lib $inside/bin/sh -s
