# Deletes container images that nothing uses, with the program that root owns: just those, each as it was planned.
# $1: the act; $2, $3: boot id and machine id that it was planned for, empty where it is only looked; $4: digest of the program; $5: look,
# free or probe; $6: the mount point; then the images, and what pods there need
[ -z "$2" ] || same_machine "$2" "$3"
identity
act=$1 digest=$4 verb=$5
shift 5
# again under the same id: what has gone is gone, and of the others nothing may have changed
[ "$verb" != free ] || mark "$act" || say again
images "$digest" "$verb" "$@"
say end
