# Which process of this machine is nearest to its limit of open files, and what it has open. Changes nothing.
# $1: the name of the process, as in /proc/PID/comm, empty for any; $2: the port that it listens on, empty for any; $3: seconds between
# two counts, 0 for one; $4: the ids of containers, a line each, of one of which it is; empty for any process.
set -f
identity
say uptime "$(cut -d ' ' -f 1 /proc/uptime)"
read -r used _ most </proc/sys/fs/file-nr
say host "$used" "$most"
# nothing but /proc/PID/fd is entered; a name may hold anything, so each ends with NUL
fds() { # HOW
  "$1" find /proc -mindepth 1 -maxdepth 3 -regex '/proc/[0-9]+/fd/[0-9]+' -printf '%p\t%l\0' -o -regex '/proc/[0-9]+/fd' \
    -o -regex '/proc/[0-9]+' -o -prune
}
fds may
list() { fds as_root 2>/dev/null | tr '\n\0' '?\n'; }
# once: to go through all processes costs, and what is said below has to be of one moment
seen=$(list)
all() { printf '%s\n' "$seen"; }

# the processes with a socket that listens on the port
of_port() { # PORT
  inodes=$(awk -v port=":$(printf %04X "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port { print "socket:[" $10 "]" }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [ -n "$inodes" ] || return 0
  all | grep -F "$inodes" | cut -d / -f 3 | sort -u
}
# the processes of containers, whose ids are in the names of their groups
of_containers() { # IDS
  all | cut -d / -f 3 | sort -u | sed 's|.*|/proc/&/cgroup|' | xargs grep -sl -F -e "$1" /dev/null | cut -d / -f 3
}
pids=
[ -z "$2" ] || pids=" $(of_port "$2" | tr '\n' ' ')"
[ -z "$4" ] || pids=" $(of_containers "$4" | tr '\n' ' ')"

# those that are meant, with how many each has, the most first
meant() { # NAME ONLY
  all | cut -d / -f 3 | sort | uniq -c | sort -rn |
    while read -r count pid; do
      comm=
      { read -r comm <"/proc/$pid/comm"; } 2>/dev/null
      [ -z "$1" ] || [ "$comm" = "$1" ] || continue
      if [ -n "$2" ]; then case "$pids" in *" $pid "*) ;; *) continue ;; esac; fi
      printf '%s %s %s\n' "$count" "$pid" "$comm"
    done
}

# the share of its own limit in thousandths, then what it is, the highest first
shares() {
  meant "$1" "$2$4" | head -n 400 |
    while read -r count pid comm; do
      soft=
      { while read -r a b c value hard _; do
        [ "$a $b $c" = 'Max open files' ] && soft=$value && break
      done <"/proc/$pid/limits"; } 2>/dev/null
      case $soft in '' | *[!0-9]* | 0) continue ;; esac
      printf '%s\t%s\t%s\t%s\t%s\t%s\n' $((count * 1000 / soft)) "$pid" "$count" "$soft" "$hard" "$comm"
    done | sort -rn
}
chosen=$(shares "$@")
# where the whole machine is short of them, it is who holds most
by=1
[ $((used * 10 / 7)) -lt "$most" ] || by=3
pid=$(printf '%s\n' "$chosen" | sort -t "$(printf '\t')" -k "$by,$by"nr | head -n 1 | cut -f 2)
[ -n "$pid" ] || { say none; say end; exit 0; }

say process "$(printf '%s\n' "$chosen" | awk -F '\t' -v pid="$pid" '$2 == pid' | cut -f 2-)"
# tells it from a later process of the same number
say started "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)"
say user "$(stat -c %u "/proc/$pid" 2>/dev/null)"
while IFS= read -r line; do say cgroup "$line"; done 2>/dev/null <"/proc/$pid/cgroup"
# where systemd is: its services are below that, and those of another systemd are elsewhere
while IFS= read -r line; do say init "$line"; done 2>/dev/null </proc/1/cgroup
unit=$(sed -n 's|.*/\([^/]*\.service\)$|\1|p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
[ -z "$unit" ] || say invocation "$(systemctl show --property=InvocationID --value -- "$unit")"
count() { grep -c "^/proc/$pid/fd/"; }
if [ "$3" -gt 0 ]; then
  sleep "$3"
  say growth "$(all | count)" "$(list | count)" "$3"
fi

# inotify instances are limited for a user, over all of its processes
say inotify_limit "$(cat /proc/sys/fs/inotify/max_user_instances)"
all | grep -F 'anon_inode:inotify' | cut -d / -f 3 | sort | uniq -c | sort -rn | head -n 200 |
  while read -r count holder; do
    comm=
    { read -r comm <"/proc/$holder/comm"; } 2>/dev/null
    say inotify "$(stat -c %u "/proc/$holder" 2>/dev/null)" "$count" "$holder" "$comm"
  done

{
  for table in tcp tcp6; do sed '1d; s/^ */net /' "/proc/$pid/net/$table" 2>/dev/null; done
  for table in udp udp6; do sed '1d; s/^ */udp /' "/proc/$pid/net/$table" 2>/dev/null; done
  sed '1d; s/^/unix /' "/proc/$pid/net/unix" 2>/dev/null
  all | sed -n "s|^/proc/$pid/fd/[0-9]*	|fd |p"
} | awk '
  $1 == "net" { here[$11] = $3; there[$11] = $4; state[$11] = $5; if ($5 == "0A") listens[substr($3, length($3) - 3)] = 1; next }
  $1 == "udp" { udp[$11] = 1; next }
  # a socket that was accepted has the path of the one that listens (__SO_ACCEPTCON is 0x10000)
  $1 == "unix" { unix[$8] = $9; if ($5 == "00010000") { listener[$8]; if ($9 != "") paths[$9] }; next }
  $1 == "fd" {
    link = substr($0, 4)
    if (link ~ /^socket:\[/) {
      inode = substr(link, 9, length(link) - 9)
      if (inode in state) {
        port = substr(here[inode], length(here[inode]) - 3)
        if (state[inode] == "0A") row = "listens\t" port "\t"
        else if (port in listens) row = "in\t" port " " substr(there[inode], 1, length(there[inode]) - 5) "\t" state[inode]
        else row = "out\t" there[inode] "\t" state[inode]
      }
      else if (inode in udp) row = "udp\t\t"
      else if (inode in unix) {
        if (unix[inode] in paths && !(inode in listener)) row = "accepted\t" unix[inode] "\t"
        else row = "unix\t\t"
      }
      else row = "unbound\t\t"
    }
    else if (link ~ /^pipe:\[/) row = "pipe\t\t"
    else if (link ~ /^anon_inode:/) row = "anon\t" substr(link, 12) "\t"
    # memory that is shared never has a name, and is no file that somebody forgot
    else if (link ~ /^\/(memfd:|dev\/|SYSV).* \(deleted\)$/) row = "anon\t" link "\t"
    else if (link ~ / \(deleted\)$/) row = "deleted\t" link "\t"
    else row = "file\t" link "\t"
    count[row]++
    split(row, part, "\t")
    total[part[1] part[3]]++
  }
  END {
    for (kind in total) printf "kind\t%d\t%s\n", total[kind], kind
    for (row in count) printf "open\t%d\t%s\n", count[row], substr(row, 1, 300)
  }' | sort -t "$(printf '\t')" -k 1,1 -k 2,2nr | awk -F '\t' '$1 == "kind" || ++rows <= 40'
say end
