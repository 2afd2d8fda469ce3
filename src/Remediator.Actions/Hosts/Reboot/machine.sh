# Which start of the machine this is, and what speaks against another. Changes nothing.
# $1: the marker of an act, empty where none is asked for.
set -f
identity
say uptime "$(cut -d ' ' -f 1 /proc/uptime)"
say system "$(systemctl show --property=SystemState --value)"
[ -e /run/systemd/shutdown/scheduled ] && say scheduled
who 2>/dev/null | while read -r user terminal _; do say user "$user" "$terminal"; done
# COLUMNS: the mode is the last column, and is not to be cut off
COLUMNS=1000 systemd-inhibit --list --no-pager 2>/dev/null | grep -w shutdown | grep -E 'block *$' | tr -s ' \t' ' ' | cut -b -200 |
  while IFS= read -r line; do say inhibited "$line"; done
if [ -n "$1" ] && [ -d "$marks/$1" ]; then
  say marked
  holder=$(cat "$marks/$1/pid" 2>/dev/null)
  [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null && say running "$holder"
fi
say end
