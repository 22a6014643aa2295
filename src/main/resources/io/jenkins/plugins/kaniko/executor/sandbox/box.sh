# Fills ./box with the tools of the host that are needed where there is no host any more: programs in bin, and their libraries in lib.
# dash, where there is one: bash adds a variable of its own (SHLVL) to the environment of what it starts.
shell=$(command -v dash || command -v sh)
set --
for tool in env mount umount setpriv chroot; do set -- "$@" "$(command -v $tool)"; done
cp -L "$@" box/bin
cp -L "$shell" box/bin/sh
# Asked like this, glibc's loader prints lines like "libc.so.6 => /lib/libc.so.6 (0x7f...)", and one for itself without an arrow:
# "/lib64/ld-linux-x86-64.so.2 (0x7f...)". This is what ldd does, at a fifth of its cost.
libraries=$(for tool in sh env mount umount setpriv chroot; do LD_TRACE_LOADED_OBJECTS=1 box/bin/$tool </dev/null; done)
set --
loader=
while read -r name arrow file rest; do
  case "$name $arrow $file" in
    /*) loader=$name ;;
    *' => /'*) case " $* " in *" $file "*) ;; *) set -- "$@" "$file" ;; esac ;;
  esac
done <<END
$libraries
END
[ -n "$loader" ] || { echo "the host's tools are not linked by glibc's loader" >&2; exit 1; }
cp -L "$@" box/lib
cp -L "$loader" box/lib/loader
