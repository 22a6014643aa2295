# shellcheck shell=bash
# Sourced by bin/quickstart, bin/verify, bin/executor and bench/setup. Finds what is missing, installs it, and chooses a JDK.
#
#   require PACKAGE THING...   PACKAGE is needed unless every THING (a command, or an absolute path) is there
#   require_jdk                a JDK 17 or later, whatever the default java is; sets JAVA_HOME
#   require_static_busybox     a busybox that runs in an otherwise empty root
#   install_missing            installs what the lines above found missing; without root or sudo, says what to run and exits 1

# An ordinary user's PATH lacks the directories of setpriv's and useradd's kind on Debian.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
missing=()

require() {
  local package=$1 thing
  shift
  for thing; do
    case $thing in
      /*) [ -e "$thing" ] || { missing+=("$package"); return; } ;;
      *) command -v "$thing" >/dev/null || { missing+=("$package"); return; } ;;
    esac
  done
}

# java_major JAVA_HOME: the feature version of a JDK there, or 0. Its file "release" tells it without the start of a JVM.
java_major() {
  local version=
  [ -x "$1/bin/javac" ] || { echo 0; return; }
  [ ! -f "$1/release" ] || version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  echo "${version:-0}"
}

# Sets JAVA_HOME to the caller's own choice or the default JDK if it is new enough, else to the oldest one that is.
choose_jdk() {
  local default home major best=
  default=$(command -v javac) && default=$(dirname "$(dirname "$(readlink -f "$default")")")
  for home in "${JAVA_HOME:-}" "$default"; do
    if [ -n "$home" ] && [ "$(java_major "$home")" -ge 17 ]; then
      export JAVA_HOME=$home
      return
    fi
  done
  for home in /usr/lib/jvm/*; do
    major=$(java_major "$home")
    [ "$major" -ge 17 ] || continue
    [ -n "$best" ] && [ "$(java_major "$best")" -le "$major" ] || best=$home
  done
  [ -n "$best" ] && export JAVA_HOME=$best
}

require_jdk() {
  choose_jdk && return
  if apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1; then
    missing+=(openjdk-17-jdk-headless)
  else
    missing+=(default-jdk-headless)
  fi
}

require_static_busybox() {
  local busybox
  busybox=$(command -v busybox) && ! ldd "$busybox" 2>/dev/null | grep -q '=>' || missing+=(busybox-static)
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# sudo counts when it asks for nothing, or when somebody is there to be asked.
can_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

tell_and_exit() {
  printf '%s\nRun this first, as root:\n\n  %s\n\n' "$1" "$2" >&2
  exit 1
}

install_missing() {
  if [ ${#missing[@]} -gt 0 ]; then
    local command="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    command -v apt-get >/dev/null \
      || tell_and_exit "This machine has no apt-get." "(your package manager) install ${missing[*]}   # Debian's names"
    can_be_root || tell_and_exit "Packages are missing, and neither root nor sudo is there to install them." "$command"
    echo "Installing: ${missing[*]}"
    # A third-party source that cannot be reached must not stop the packages that can.
    as_root apt-get update -qq || echo "apt-get update had problems; going on with what it got" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null || tell_and_exit "The installation failed." "$command"
    case " ${missing[*]} " in
      # Debian's package starts a registry of its own; nobody asked for that one.
      *" docker-registry "*)
        [ ! -d /run/systemd/system ] || as_root systemctl disable --quiet --now docker-registry.service || true ;;
    esac
    missing=()
  fi
  choose_jdk || tell_and_exit "No JDK 17 or later was found." "apt-get install -y openjdk-17-jdk-headless"
}

# The executor maps an ordinary user's sub-ids; give the user a free range if there is none.
require_subordinate_ids() {
  local user start
  user=$(id -un)
  [ "$(id -u)" != 0 ] || return 0
  if grep -q "^$user:" /etc/subuid 2>/dev/null && grep -q "^$user:" /etc/subgid 2>/dev/null; then return 0; fi
  start=$(cat /etc/subuid /etc/subgid 2>/dev/null | awk -F: 'BEGIN { m = 100000 } $2 + $3 > m { m = $2 + $3 } END { print m }')
  set -- usermod --add-subuids "$start-$((start + 65535))" --add-subgids "$start-$((start + 65535))" "$user"
  can_be_root || tell_and_exit "$user has no sub-ids, which builds as an ordinary user need." "$*"
  echo "Giving $user sub-ids: $*"
  as_root "$@"
}
