# Enters the namespaces of a build and starts a command there as their first process.
# Usage: sh -c "$(cat enter.sh)" enter PARENT KIND PROC COMMAND...
#   PARENT  process id of the executor that asks for this
#   KIND    "root", or "mapped": this shell is in a new user namespace that PARENT is about to map
#   PROC    "own" for the /proc of the new pid namespace, or "shared": the one that is there
set -eu
parent=$1 kind=$2 proc=$3
shift 3

# The first process of the pid namespace waits for the command and tells how it ended: unshare itself cannot tell of SIGKILL. It is
# so small that the kernel, short of memory, takes the command and not it; and its own words about that ("Killed") are no help.
init='exec 3>&2 2>/dev/null
  (exec "$@" 2>&3 3>&-)
  exit $?'

if [ "$kind" = mapped ]; then
  # newgidmap comes last, so a readable line there says that both maps stand. The next exec makes this process root of the namespace.
  until read -r line </proc/self/gid_map; do
    [ -d "/proc/$parent" ] || exit 143
    sleep 0.005
  done
fi

# The kernel clears the parent-death signal whenever credentials change, so it is asked for only now; and a parent that died before
# that would never be noticed, hence the second look. What dies is unshare, then (--kill-child) the first process of the pid
# namespace, and with it everything below, whatever user it became meanwhile: no process in there can opt out.
exec setpriv --pdeathsig KILL sh -c '
  parent=$1 proc=$2 init=$3
  shift 3
  [ "$PPID" = "$parent" ] || exit 143
  mount=--mount-proc
  [ "$proc" = own ] || mount=
  exec unshare --mount --pid --fork --kill-child $mount sh -c "$init" init "$@"
' enter "$parent" "$proc" "$init" "$@"
