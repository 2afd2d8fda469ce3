# Before every script. Whatever is printed to standard output is the answer: a line each, its fields separated by tabs. The last line is
# "end": an answer without it is half an answer.
# shellcheck shell=sh
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
unset CDPATH ENV BASH_ENV
umask 077

say() { # FIELD...
  first=$1
  shift
  printf '%s' "$first"
  for field; do printf '\t%s' "$field"; done
  printf '\n'
}

# Ends here with exit code 77, before anything was run, where sudo does not allow just that command.
may() { # COMMAND...
  [ "$(id -u)" = 0 ] || sudo -n -l -- "$@" >/dev/null 2>&1 || { say refused "$*"; exit 77; }
}

# Runs a program as root.
as_root() { # COMMAND...
  may "$@"
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n -- "$@"; fi
}

# Asks a program of root, if it is the one that this was written for and sudo allows it; says why not otherwise.
ask() { # WORD PROGRAM SHA256 ARGUMENT...
  word=$1 program=$2 wanted=$3
  shift 3
  [ -f "$program" ] || { say "$word" absent; return; }
  [ "$(sha256sum 2>/dev/null <"$program" | cut -d ' ' -f 1)" = "$wanted" ] || { say "$word" other; return; }
  [ "$(id -u)" = 0 ] || sudo -n -l -- "$program" "$@" >/dev/null 2>&1 || { say "$word" refused; return; }
  say "$word" ok
  as_root "$program" "$@"
}

# The one that frees space.
space() { # SHA256 ARGUMENT...
  ask helper /usr/local/sbin/remediator-space "$@"
}

# The one that makes file systems larger.
grow() { # SHA256 ARGUMENT...
  ask grower /usr/local/sbin/remediator-grow "$@"
}

# The one that deletes container images.
images() { # SHA256 ARGUMENT...
  ask imager /usr/local/sbin/remediator-images "$@"
}

# Which machine this is, and since which start of it.
identity() {
  say boot_id "$(cat /proc/sys/kernel/random/boot_id)"
  say machine_id "$(cat /etc/machine-id)"
}

# Ends here where it is another machine, or another start of it, than the one that was planned for.
same_machine() { # BOOT_ID MACHINE_ID
  [ "$(cat /proc/sys/kernel/random/boot_id)/$(cat /etc/machine-id)" = "$1/$2" ] || { say other; say end; exit 0; }
}

# The marker of one act, in memory: it is gone when the machine starts again, and so is nothing that the act did to disks. Only one shell
# can make it; one without the number of its shell is being made, or nobody knows who made it. Where it cannot be made (a full /run, no
# right to write there) the effect has to tell.
marks=/run/remediator
mark() { # ID
  [ -d "$marks" ] || mkdir "$marks" 2>/dev/null
  if mkdir "$marks/$1" 2>/dev/null; then
    { echo "$$" >"$marks/$1/pid"; } 2>/dev/null || rm -r -- "${marks:?}/$1"
    return 0
  fi
  [ -d "$marks/$1" ] || return 0
  holder=$(cat "$marks/$1/pid" 2>/dev/null)
  if [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null; then say running "$holder"; say end; exit 0; fi
  return 1
}
