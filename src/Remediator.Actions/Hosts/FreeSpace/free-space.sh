# Frees space with the program that root owns: just these files, each as it was planned.
# $1: the act; $2, $3: boot id and machine id that it was planned for; $4: digest of the program; $5: free or probe; $6: the mount point;
# then the files
same_machine "$2" "$3"
act=$1 digest=$4 verb=$5
shift 5
# again under the same id: what has gone is gone, and of the others nothing may have changed
[ "$verb" = probe ] || mark "$act" || say again
space "$digest" "$verb" "$@"
say end
