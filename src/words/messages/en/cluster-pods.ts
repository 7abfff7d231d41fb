/** What the cluster told of a pod: headlines, facts, evidence and advice. */
export const clusterPods = {
  'cluster.gap.no-node': 'the pod is on no node',
  'cluster.heap-now': 'the heap profile is of the container as it runs now, not of the one that was killed',
  'cluster.heap-not-read':
    'no heap profile could be had from port {port} of pod {pod}; is the container running, may you create pods/portforward, and is it pprof, a V8 snapshot or Java data?',
  'cluster.gap.not-given': 'it was not given, and only it tells what filled the memory',
  'cluster.error.no-pods':
    '{target} in namespace {namespace} has no pods now; the pods of an ended Job or an old rollout may have been deleted',
  'cluster.error.no-container': "pod {pod} has no container '{container}'; it has: {containers}",
  'cluster.error.no-end':
    'no container of {target} in namespace {namespace} has ended, and no OOM kill was counted in one; restarts before a pod was replaced are not kept by Kubernetes',
  'cluster.error.no-patch': 'nothing in the diagnosis is sure enough, or of a kind, to be put into a patch',
  'cluster.node-log.other-pods':
    '{log} holds {count|OOM report|OOM reports}, none about pod {pod} (UID {uid}): it may be of another node or time',
  'cluster.debug-node.started': 'made pod {pod} on node {node} to read its kernel log; it is deleted again',
  'cluster.debug-node.left': 'pod {pod} could not be deleted: kubectl delete pod {pod} -n {namespace}',
  'cluster.error.debug-node':
    'the debug pod {pod} did not finish ({state}); the namespace may not allow privileged pods, or the image cannot be pulled: --debug-image gives another',
  'headline.cluster.oom-kill':
    "{name} was OOM-killed{when}, says its status; without the kernel's report it is not known what filled the memory",
  'headline.cluster.child-oom-kill': 'A child process in {name} was OOM-killed{when}',
  'headline.cluster.possible-oom-kill': '{name} was killed{when}, perhaps by the OOM killer',
  'headline.cluster.not-oom': '{name} was not OOM-killed{when}',
  'headline.cluster.none': '{name} ended{when} by itself',
  'fact.status': 'Status',
  'fact.memory': 'Memory',
  'fact.node': 'Node',
  'fact.now': 'Now',
  'fact.workload': 'Workload',
  'fact.flags': 'Settings',
  'fact.volumes': 'Volumes',
  'cluster.fact.reason': '{reason}, exit code {exit}',
  'cluster.fact.running': 'running',
  'cluster.fact.waiting': 'waiting ({reason})',
  'cluster.fact.restarts': '{count|restart|restarts}',
  'cluster.fact.ran': 'ran {time}',
  'cluster.fact.limit': 'limit {size}',
  'cluster.fact.no-limit': 'no limit',
  'cluster.fact.request': 'request {size}',
  'cluster.fact.pod-limit': 'limit of the pod {size}',
  'cluster.fact.in-force': 'in force {size}',
  'cluster.fact.now.working-set': 'working set {size}',
  'cluster.fact.now.rss': 'anon {size}',
  'cluster.fact.now.cache': 'cache with tmpfs {size}',
  'cluster.fact.now.pod': 'pod {size}',
  'cluster.fact.not-then': 'as it is now, not at the kill',
  'cluster.fact.kubelet': 'kubelet {version}',
  'cluster.fact.allocatable': 'allocatable {size}',
  'cluster.fact.condition': '{condition}',
  'cluster.fact.volume': '{name}: {used}',
  'cluster.fact.volume-limit': '{name}: {used} of {limit}',
  'cluster.fact.volume-unread': '{name}: not read',
  'cause.not-oom.title-probe': 'Not an OOM kill: the kubelet killed the container because a probe failed',
  'cause.not-oom.title-grace-period': 'Not an OOM kill: the container did not stop within its grace period',
  'cause.not-oom.title-eviction': 'Not an OOM kill: the kubelet evicted the pod',
  'cause.not-oom.title-preemption': 'Not an OOM kill: the pod was preempted',
  'cause.not-oom.title-node-shutdown': 'Not an OOM kill: the node was shutting down',
  'cause.not-oom.title-systemd-oomd': "Not the kernel's OOM killer: systemd-oomd killed the cgroup",
  'cause.not-oom.title-runtime-oom': "Not an OOM kill: the program's own runtime was out of memory and ended it",
  'cause.not-oom.title-exit': 'Not an OOM kill: the program ended by itself',
  'cause.child-process-killed.title-unknown': 'A child process in {container} was OOM-killed, not its main process',
  'cause.anon-memory.title-flags': 'The heap is allowed to grow beyond what the limit can hold',
  'cause.node-memory.title-eviction': 'The node was short of memory, so the kubelet evicted the pod',
  'cause.insufficient-evidence.title-kill': 'The evidence does not say whether it was an OOM kill, nor what filled the memory',
  'evidence.cluster.no-memory-volume':
    'the pod has no volume in memory: only /dev/shm, 64 MiB by default, could hold files on a tmpfs',
  'evidence.cluster.killed-at-start':
    'it ran {ran} before it was killed, after {count|restart|restarts}: it dies at start-up each time',
  'evidence.cluster.heap-above-limit':
    '{flag} allows a heap of {heap}, {share} of the limit of {limit}; stacks, code and buffers come on top',
  'evidence.cluster.volume-used-limit-none': 'volume {name} is in memory, holds {used} now and has no sizeLimit',
  'evidence.cluster.volume-used-limit-some': 'volume {name} is in memory and holds {used} now, of a sizeLimit of {limit}',
  'evidence.cluster.volume-unread-limit-none': 'volume {name} is in memory and has no sizeLimit; what lies in it was not read',
  'evidence.cluster.volume-unread-limit-some':
    'volume {name} is in memory with a sizeLimit of {limit}; what lies in it was not read',
  'evidence.cluster.only-pod-limit': '{container} has no limit of its own; the pod as a whole has one of {limit}',
  'evidence.cluster.evicted-for-memory': 'the kubelet gives memory as the resource that ran short',
  'evidence.cluster.no-limit-anywhere': 'neither the container nor the pod has a limit that could have been hit',
  'evidence.cluster.node-available': '{available} are available on the node now',
  'evidence.cluster.largest-neighbour': 'the largest other pod of the node is {name} with a working set of {size}',
  'evidence.cluster.no-kernel-report':
    "the kernel's report was not read, and Kubernetes keeps nothing of what the memory was made of",
  'evidence.cluster.log-without-report': '{log} holds no report about this pod',
  'against.cluster.start-may-be-load': 'a program that takes much memory at once looks the same as a limit too low to start',
  'against.cluster.heap-well-below':
    '{flag} keeps the heap at {heap}, {share} of the limit of {limit}: the heap alone cannot fill it',
  'against.cluster.no-kernel-report': 'what the memory was made of at the kill was not read',
  'against.cluster.volumes-now': 'this is what lies in the volume now; at the kill it may have been less or more',
  'against.cluster.node-may-be-it': 'the node may have run out instead: only the kernel log tells',
  'against.cluster.kubepods-may-be-it':
    "the limit on all pods together (node allocatable) may have been hit instead of the node's end",
  'against.cluster.single-container':
    "{container} is the only container and its limit of {limit} is the pod's: the charge fails at the pod first, nobody else has a part in it",
  'advice.cluster.describe': 'See the events of the pod, which are kept for about an hour',
  'advice.cluster.probe':
    'Find out why the probe failed: a slow answer, a timeout too short, or a start that takes longer than the probe waits',
  'advice.cluster.probe.verify': 'the events show no more Unhealthy',
  'advice.cluster.grace': 'Let the program end on SIGTERM, or give it more time (terminationGracePeriodSeconds)',
  'advice.cluster.runtime-oom':
    "Raise the runtime's own limit together with the container's, or find the leak: the log has the stack",
  'advice.cluster.child':
    'Look at what the main process reports of its children: a worker that is gone, "signal: killed", a broken pipe',
  'advice.cluster.child.verify': 'container_oom_events_total does not grow any more',
  'advice.cluster.heap-flag': 'Keep the heap at 70 to 75 % of the limit, or raise the limit',
  'advice.cluster.node-log':
    'Read the kernel log of the node: it has the report with the composition of the memory, until it is overwritten or the node reboots',
  'warning.cluster.resized':
    'the spec says a limit of {spec}, the kubelet has {inForce} in force: the pod was resized in place, and the limit at the kill may have been another',
  'accounting.pod.volumes-now': 'what lies in the memory volumes now, which outlives the container',
  'accounting.pod.charge-is-limit':
    "without the kernel's report the charge is taken to be the limit of {limit}, which holds if it was this limit that was hit",
  'patch.header': 'Nothing was changed. To apply: {command}',
  'patch.header-manifest':
    'Nothing was changed. This pod cannot be patched so: put it into the manifest that the pod is made from.',
} as const;
