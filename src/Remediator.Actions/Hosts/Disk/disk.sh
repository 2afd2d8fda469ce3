# How full a file system is, and how much of it is the journal's. Changes nothing.
# $1: the mount point; $2: the same as /proc/self/mountinfo writes it; $3: the digest of the program that knows what may go, empty where
# it is not asked; $4: what it is asked; $5, $6: the digests of the programs that make it larger and that delete container images, empty
# where they are not asked.
identity
say uptime "$(cut -d ' ' -f 1 /proc/uptime)"
found=
while read -r _ _ _ _ point options rest; do
  [ "$point" = "$2" ] || continue
  found=1
  rest=${rest#*- }
  type=${rest%% *}
  rest=${rest#* }
  device=${rest%% *}
  super=${rest#* }
done </proc/self/mountinfo
[ -n "$found" ] || { say absent; say end; exit 0; }
say mount "$type" "$device" "$options,$super"
# a dead server of files answers nothing, for ever
timeout -k 1 5 stat -f -c 'space	%S	%b	%f	%a	%c	%d' -- "$1" || { say silent; say end; exit 0; }
say device "$(timeout -k 1 5 stat -c %d -- "$1")"
for folder in /var/log/journal /run/log/journal; do
  [ -d "$folder" ] || continue
  find "$folder" -xdev -type f -name '*.journal*' -printf 'journal\t%D\t%b\t%T@\t%f\n' 2>/dev/null || say unreadable "$folder"
done
# deleted, and still open: the space comes back when the last process closes it. By their links alone first, which says nothing to a server
# of files; what is deleted on one that is dead ends the rest
find /proc/[0-9]*/fd -maxdepth 1 -lname '/*(deleted)' -print0 2>/dev/null |
  timeout -k 1 5 xargs -0 -r sh -c 'find -L "$@" -maxdepth 0 -type f -links 0 -printf "deleted\t%D\t%i\t%b\t%p\n" 2>/dev/null' find |
  head -n 500
[ -z "$3" ] || space "$3" "$4" "$1"
[ -z "$5" ] || grow "$5" look "$1"
[ -z "$6" ] || images "$6" look "$1"
say end
