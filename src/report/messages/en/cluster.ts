/** Asking a cluster: what goes wrong, and what was not read. */
export const cluster = {
  'cluster.error.no-config':
    'no cluster is configured; give --kubeconfig, set KUBECONFIG, or run it in a pod with a service account {detail}',
  'cluster.error.no-context': "the configuration has no context '{context}'; kubectl config get-contexts lists them",
  'cluster.error.credentials':
    'the credentials of context {context} cannot be had: the program that the configuration names for them failed; run kubectl get pods to see what it says',
  'cluster.error.unauthorized': '{server} does not accept the credentials (401); log in again, or give another --context',
  'cluster.error.forbidden': '{path}: not allowed (403): {detail}',
  'cluster.error.not-found': '{path}: there is no such thing (404): {detail}',
  'cluster.error.expired':
    '{path}: the list expired while it was read (410), again and again; try again, or narrow it down with -l',
  'cluster.error.throttled': '{server} asks to wait (429) and did not stop asking; try again later',
  'cluster.error.server-error': '{server} failed at {path} (status {status}); try again, or look at the API server: {detail}',
  'cluster.error.refused': 'nothing answers at {server} ({detail}); is the cluster up, and is this the right --context?',
  'cluster.error.unreachable': '{server} cannot be reached ({detail})',
  'cluster.error.certificate':
    'the certificate of {server} is not trusted ({detail}); certificate-authority in the configuration has to fit',
  'cluster.error.timeout': '{server} did not answer {path} in time',
  'cluster.error.cut': 'the connection to {server} was cut off inside an answer, again and again',
  'cluster.error.not-kubernetes':
    '{path}: what {server} answers (status {status}) is not from a Kubernetes API server; a proxy or a login page may stand before it',
  'cluster.error.too-large': '{path}: the answer is larger than {size} bytes and was given up',
  'cluster.clock-skew': "this machine's clock is {skew} {direction} the API server's: ages are shown by the server's",
  'cluster.clock.ahead': 'ahead of',
  'cluster.clock.behind': 'behind',
  'cluster.gap': 'not read: {part}: {problem}',
  'cluster.gap.part.events': 'events',
  'cluster.gap.part.node-events': 'events about nodes',
  'cluster.gap.part.node': 'the node',
  'cluster.gap.part.pods': 'other pods',
  'cluster.gap.part.stats-summary': 'memory and volumes by the kubelet (/stats/summary)',
  'cluster.gap.part.cadvisor': "the kubelet's counters (/metrics/cadvisor), which also count kills that Kubernetes never shows",
  'cluster.gap.part.metrics-api': 'metrics.k8s.io',
  'cluster.gap.part.previous-log': 'the log of the instance before',
  'cluster.gap.part.node-log': "the node's kernel log",
  'cluster.gap.part.owner': 'the workload that the pod belongs to',
  'cluster.gap.part.heap': 'the heap profile',
  'cluster.gap.part.debug-node': "the node's kernel log through a debug pod",
  'cluster.gap.rule': 'a role that allows {verb} of {resource} would let it be read (docs/rbac.md)',
  'cluster.gap.command': 'this gives the same: {command}',
  'cluster.nodes-asked': '{count|node was|nodes were} asked through the node proxy, by your own right to nodes/proxy',
  'cluster.nodes-left': '{count|node was|nodes were} not asked for its counters: at most {most} are',
} as const;
