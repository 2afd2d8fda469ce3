# How a service of systemd is, and the last lines of its journal. Changes nothing.
# $1: the unit; $2: the marker of an act, empty where none is asked for.
set -f
identity
say uptime "$(cut -d ' ' -f 1 /proc/uptime)"
say property SystemState "$(systemctl show --property=SystemState --value)"
systemctl show --property=Id,LoadState,ActiveState,SubState,Result,MainPID,InvocationID,NRestarts,ExecMainCode,ExecMainStatus \
  --property=ExecMainStartTimestampMonotonic,ExecMainExitTimestampMonotonic,Job,NeedDaemonReload,RefuseManualStart \
  --property=RefuseManualStop,FreezerState,Type -- "$1" |
  while IFS= read -r line; do say property "${line%%=*}" "${line#*=}"; done
active_of() { # WORD PROPERTIES UNIT
  systemctl show --property="$2" --value -- "$3" | tr ' ' '\n' | sort -u | head -n 100 |
    while IFS= read -r other; do
      [ -n "$other" ] || continue
      case "$(systemctl is-active -- "$other")" in active | activating | reloading) say "$1" "$other" ;; esac
    done
}
# what is restarted with it: these require it, are bound to it or are a part of it
active_of takes RequiredBy,RequisiteOf,BoundBy,ConsistsOf,PropagatesStopTo "$1"
# what systemd stops when it is started
active_of stops Conflicts,ConflictedBy "$1"
process_state() { # PID
  while read -r key value _; do [ "$key" = State: ] && echo "$value" && break; done 2>/dev/null <"/proc/$1/status"
}
pid=$(systemctl show --property=MainPID --value -- "$1")
if [ "${pid:-0}" -gt 0 ] 2>/dev/null; then
  # what waits for a disk is not stuck: only what does so each time
  for _ in 1 2 3; do
    state=$(process_state "$pid")
    [ "$state" = D ] || break
    sleep 1
  done
  say process "$state"
fi
# -b: an earlier start of the machine is another story
# a program of Go that gives up says why, and then where each goroutine was, in hundreds of lines; what systemd says of it
# meanwhile comes between them
timeout 8 journalctl --quiet --boot --unit="$1" --lines=600 --output=short-iso --no-pager 2>/dev/null | cut -b -500 |
  awk '{ speaker = $3; text = $0; sub(/^[^ ]+ [^ ]+ [^ ]+: ?/, "", text) }
    text ~ /^goroutine [0-9]+ \[.*\]:$/ { frames[speaker] = 1; next }
    frames[speaker] && (text == "" || text ~ /^[ \t]+[^ ]+:[0-9]+( |$)/ || text ~ /^created by / || text ~ /^[^ ]+\(.*\)$/) { next }
    { frames[speaker] = 0; print }' | tail -n 40 |
  while IFS= read -r line; do say log "$line"; done
if [ -n "$2" ] && [ -d "$marks/$2" ]; then
  say marked
  holder=$(cat "$marks/$2/pid" 2>/dev/null)
  [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null && say running "$holder"
fi
say end
