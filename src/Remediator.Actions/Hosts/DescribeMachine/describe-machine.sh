# What a machine says of itself while it can still be asked. Changes nothing, and touches no mount: one may hang.
set -f
identity
lines() { # WORD: what comes in, a line each
  cut -b -400 | while IFS= read -r line; do say "$1" "$line"; done
}
{
  uptime
  grep -E '^(MemTotal|MemAvailable|SwapFree|Dirty|Writeback):' /proc/meminfo
  cat /proc/pressure/cpu /proc/pressure/io /proc/pressure/memory 2>/dev/null
} | lines state
systemctl list-units --state=failed --no-legend --no-pager --plain 2>/dev/null | head -n 20 | lines failed
# hang in the kernel, as on a storage that is away
ps -eo state=,pid=,wchan:32=,comm= 2>/dev/null | awk '$1 == "D"' | head -n 20 | lines hangs
timeout 5 journalctl --quiet --boot --dmesg --lines=60 --output=short-iso --no-pager 2>/dev/null | lines kernel
timeout 5 journalctl --quiet --boot --priority=err --lines=40 --output=short-iso --no-pager 2>/dev/null | lines error
timeout 5 journalctl --quiet --boot --lines=40 --output=short-iso --no-pager 2>/dev/null | lines last
say end
