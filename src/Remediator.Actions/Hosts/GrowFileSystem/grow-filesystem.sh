# Makes a file system as large as what it is on, with the program that root owns.
# $1: the act; $2, $3: boot id and machine id that it was planned for; $4: digest of the program; $5: the mount point.
same_machine "$2" "$3"
free() { stat -f -c '%S	%a	%d' -- "$1"; }
# again under the same id: each part is made as large as what is below it, however often
mark "$1" || say again
say before "$(free "$5")"
grow "$4" grow "$5"
say after "$(free "$5")"
say end
