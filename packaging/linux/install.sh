#!/bin/sh
# Puts the program into one person's menu, or takes it out again; no root is needed.
#
#     ./install.sh
#     ./install.sh --uninstall
set -eu

name=balance-tray
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
home=$HOME/.local/lib/$name
link=$HOME/.local/bin/$name
share=${XDG_DATA_HOME:-$HOME/.local/share}
list=$home/installed-files

forget() {
    if [ -f "$list" ]; then
        while IFS= read -r file; do
            rm -f -- "$share/$file"
            # Only folders that are empty now go.
            rmdir -p -- "$share/$(dirname -- "$file")" 2>/dev/null || :
        done <"$list"
    fi
    if [ "$(readlink -- "$link" || :)" = "$home/$name" ]; then
        rm -f -- "$link"
    fi
    rm -rf -- "$home"
}

case ${1-} in
--uninstall)
    forget
    echo "Balance Tray is gone; your accounts and your history are not."
    exit
    ;;
'') ;;
*)
    echo "usage: $0 [--uninstall]" >&2
    exit 2
    ;;
esac

if [ "$here" = "$home" ]; then
    echo "It is installed already; run install.sh of the version that you unpacked." >&2
    exit 1
fi
if [ ! -x "$here/$name" ]; then
    echo "There is no program beside $0." >&2
    exit 1
fi

forget
mkdir -p -- "$home" "${link%/*}" "$share"
cp -R -- "$here/$name" "$here/_internal" "$here/install.sh" "$home/"
(cd "$here/share" && find . -type f) | sed 's|^\./||' >"$list"
while IFS= read -r file; do
    mkdir -p -- "$share/$(dirname -- "$file")"
    cp -- "$here/share/$file" "$share/$file"
done <"$list"
ln -sf -- "$home/$name" "$link"

# The session's PATH may lack ~/.local/bin.
entry=$share/applications/$name.desktop
quoted=$(printf '%s' "$home/$name" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
plain=$(printf '%s' "$home/$name" | sed 's/\\/\\\\/g')
while IFS= read -r line; do
    case $line in
    Exec=*) printf 'Exec="%s"\n' "$quoted" ;;
    TryExec=*) printf 'TryExec=%s\n' "$plain" ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$here/share/applications/$name.desktop" >"$entry"

echo "Balance Tray is in your menu, and at $link."
