# Restarts one service of systemd, once, and only the very run of it that was planned for.
# $1: the act; $2, $3: boot id and machine id that it was planned for; $4: the unit; $5: the invocation that it was planned for.
same_machine "$2" "$3"
invocation() { systemctl show --property=InvocationID --value -- "$1"; }
planned() { [ "$(invocation "$1")" = "$2" ] || { say changed; say end; exit 0; }; }
planned "$4" "$5"
may systemctl --job-mode=fail restart "$4"
may systemctl reset-failed "$4"
mark "$1" || say again
# again: another shell may have done this very act meanwhile. After reset-failed systemd may have forgotten the run
planned "$4" "$5"
if [ "$(systemctl is-failed -- "$4")" = failed ]; then as_root systemctl reset-failed "$4" || exit 1; fi
# 'fail': what somebody else has just asked systemd to do is not replaced
as_root systemctl --job-mode=fail restart "$4"
code=$?
say exit "$code"
say invocation "$(invocation "$4")"
say state "$(systemctl show --property=ActiveState --value -- "$4")" "$(systemctl show --property=SubState --value -- "$4")"
say pid "$(systemctl show --property=MainPID --value -- "$4")"
say end
