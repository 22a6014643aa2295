# Runs one command in the root that there is. Usage: sh -c "$(cat in-place.sh)" in-place BOX USER GROUPS SECURITY <SCRIPT
#   BOX     as box.sh fills it
#   USER    +uid:+gid; GROUPS: +gid,+gid...; SECURITY and SCRIPT: as for run.sh
# Standard error carries nothing but the trouble of this script until SCRIPT says that it has begun.
set -euf
umask 022
box=$1 user=$2 groups=$3 security=$4
capabilities=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service
capabilities=$capabilities,+sys_chroot,+mknod,+audit_write,+setfcap
drop="$box/bin/setpriv --bounding-set=$capabilities --inh-caps=-all --ambient-caps=-all"
[ "$security" = sandbox ] || drop=
cd /
# It is the root already, so this changes the user alone.
exec $drop "$box/bin/chroot" --userspec="$user" --groups="$groups" / "$box/bin/sh" -s
