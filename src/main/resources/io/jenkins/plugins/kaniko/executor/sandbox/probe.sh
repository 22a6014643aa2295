# Tries the whole of a rung: prepares a workshop and runs a shell, which ends at once, in an empty root.
# Usage: sh -c "$(cat probe.sh)" probe DIRECTORY ESCAPED FSTAB_SYSTEM FSTAB_DEVICES PREPARE RUN USER    (PREPARE and RUN are the texts of those scripts)
set -eu
directory=$1
sh -c "$5" prepare "$directory" "$2" "$3" "$4"
mkdir -p "$directory/empty/proc" "$directory/empty/sys" "$directory/empty/dev"
echo 'exit 0' | setsid unshare --pid --mount --ipc --uts --fork --kill-child \
  sh -c "$6" run "$directory" probe directory "$directory/empty" nodev "" "" "$7" "" host "" sandbox
