# What an agent of Systems Manager runs: one of the scripts of the version that this document is of, with its arguments, and nothing else.
# SSM_script, SSM_arguments, SSM_seconds and SSM_until come as variables, so that no text of theirs is ever a part of this one.
# shellcheck shell=sh disable=SC2154 # these four are variables
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
[ -n "${SSM_until+x}" ] || { echo 'this agent is too old: it has no variables' >&2; exit 70; }
left=$((SSM_until - $(date +%s) - 2))
[ "$left" -ge 1 ] || { echo 'this came too late' >&2; exit 75; }
[ "$left" -le "$SSM_seconds" ] || left=$SSM_seconds
SSM_script=$(printf %s "$SSM_script" | base64 -d)
case $(printf %s "$SSM_script" | sha256sum | cut -d ' ' -f 1) in
  DIGESTS) ;;
  *) echo 'this is no script of this version' >&2; exit 71 ;;
esac
export SSM_script SSM_arguments
# its output is packed: Systems Manager carries 24,000 characters
{
  # shellcheck disable=SC2016 # it is that shell which reads them
  timeout -k 2 "$left" /bin/sh -c '
    set -f --
    for word in $SSM_arguments; do
      text=$(printf %s "${word#_}" | base64 -d; echo .)
      set -- "$@" "${text%.}"
    done
    script=$SSM_script
    unset SSM_script SSM_arguments SSM_seconds SSM_until
    set +f
    eval "$script"
    main "$@" </dev/null'
  printf '\nstatus %s' "$?"
} | gzip -9 | base64 -w 0
