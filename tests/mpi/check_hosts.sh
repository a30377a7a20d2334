#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two hosts: network namespaces of this machine with names of their own, that reach each other over a wire and share nothing
# but the disk.  Needs root; without it says so and ends well.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_hosts.sh          from the root of the repository
. tests/mpi/support.sh

north=sd-north-$$
south=sd-south-$$
if ! ip netns add "$north" 2> /dev/null; then
    echo 'ok - two hosts: left out, this user may not make network namespaces'
    exit 0
fi
trap 'ip netns del "$north" 2> /dev/null; ip netns del "$south" 2> /dev/null; chmod -R u+w "$box"; rm -rf "$box"' EXIT
ip netns add "$south"
ip link add "sdn$$" netns "$north" type veth peer name "sds$$" netns "$south"
for host in "$north sdn$$ 10.213.7.1" "$south sds$$ 10.213.7.2"; do
    # shellcheck disable=SC2086
    set -- $host
    ip netns exec "$1" ip address add "$3/24" dev "$2"
    ip netns exec "$1" ip link set "$2" up
    ip netns exec "$1" ip link set lo up
done

# What a launcher reaches the other host with: in place of ssh HOST COMMAND.
cat > "$box/reach" << end
#!/bin/sh
host=\$1
shift
case \$host in 10.213.7.1) name=$north ;; *) name=$south ;; esac
exec ip netns exec \$name unshare --uts sh -c 'hostname \$0; exec sh -c "\$1"' "\$name" "\$*"
end
chmod +x "$box/reach"

between() { # N ARGUMENT...: N ranks on each host
    ranks=$1
    shift
    timeout 600 ip netns exec "$north" unshare --uts sh -c 'hostname "$0"; exec "$@"' "$north" \
        mpirun -q --oversubscribe --mca plm_rsh_agent "$box/reach" --mca btl self,tcp --mca btl_tcp_if_include 10.213.7.0/24 \
        --mca oob_tcp_if_include 10.213.7.0/24 --host "10.213.7.1:$ranks,10.213.7.2:$ranks" -n $((2 * ranks)) "$@"
}

between 1 sh -c 'hostname' > "$box/hosts" 2>&1
grep -qx "$north" "$box/hosts" && grep -qx "$south" "$box/hosts"
report $? 'ranks run on two hosts' "$(head -c 300 "$box/hosts")"
"$alone" simulate -q --persons 2000 --truth-persons 0 "$box/stays"
"$alone" run -q --until compare "$box/stays/study.yaml" -o "$box/one" > /dev/null 2>&1
between 2 "$stepdown" run -q --until compare "$box/stays/study.yaml" -o "$box/two" -j 1 > "$box/told" 2>&1
wrong=
for file in records.h5 episodes.h5 cohort.h5 outcomes.h5 results.h5; do
    cmp -s "$box/one/work/$file" "$box/two/work/$file" || wrong="$wrong $file"
done
[ -z "$wrong" ]
report $? 'and make the files of one process' "$wrong differs, $(head -c 300 "$box/told")"
between 2 "$stepdown" run -q --collective --until compare "$box/stays/study.yaml" -o "$box/all" -j 1 > "$box/told" 2>&1
wrong=
for file in records.h5 episodes.h5 cohort.h5 outcomes.h5 results.h5; do
    [ "$(content "$box/one/work/$file")" = "$(content "$box/all/work/$file")" ] || wrong="$wrong $file"
done
[ -z "$wrong" ] && cmp -s "$box/one/work/results.h5" "$box/all/work/results.h5"
report $? 'and their content, when all ranks write together' "$wrong differs, $(head -c 300 "$box/told")"
exit "$failed"
