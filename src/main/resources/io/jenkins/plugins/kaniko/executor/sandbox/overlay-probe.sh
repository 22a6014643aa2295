# Mounts an overlay in a throw-away mount namespace and does what layers need, so that the upper directory can be looked at.
# Usage: unshare --mount sh -c "$(cat overlay-probe.sh)" probe DIRECTORY    (DIRECTORY holds lower, upper, work and merged)
set -eu
umask 022
cd "$1"
echo deleted >lower/deleted
mkdir lower/replaced
echo hidden >lower/replaced/hidden
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr,nodev overlay merged
echo written >merged/written
rm merged/deleted
rm -r merged/replaced
mkdir merged/replaced
