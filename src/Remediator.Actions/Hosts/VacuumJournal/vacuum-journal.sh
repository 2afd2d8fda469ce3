# Makes the journal smaller, down to what always stays. Only archived files go, never one that is written to.
# $1: the act; $2, $3: boot id and machine id that it was planned for; $4: bytes that stay; $5: the mount point.
same_machine "$2" "$3"
free() { stat -f -c '%S	%f' -- "$1"; }
# journald deletes whole files: one that is larger than what stays would go, and it may be the newest
large=$(find /var/log/journal /run/log/journal -xdev -type f -name '*.journal*' -size +"$4"c 2>/dev/null | head -n 1)
[ -z "$large" ] || { say large; say end; exit 0; }
# again under the same id: what a first one has left off is gone on with, since down to a size is down to it however often
mark "$1" || say again
before=$(free "$5")
as_root journalctl --quiet --vacuum-size="$4" >/dev/null || exit 1
say before "$before"
say after "$(free "$5")"
say end
