/** What is said of a metrics server that could not be asked, or not in full. */
export const prometheus = {
  'prometheus.error.cluster':
    '{server}: the services of the cluster cannot be read ({reason}); give the address with --prometheus URL, by kubectl port-forward if need be',
  'prometheus.error.no-service':
    '{server}: none of its {count|service|services} is a metrics server that oomkit knows; give the address with --prometheus URL',
  'prometheus.error.bad-url':
    '{server}: not an http or https URL; --prometheus takes one such as https://prometheus.example:9090',
  'prometheus.error.bad-header':
    '{server}: the header {header} has characters that HTTP does not allow; a token file holds the token and nothing else',
  'prometheus.error.unreachable': '{server}: no connection ({reason}); check the address, or reach it by kubectl port-forward',
  'prometheus.error.certificate':
    '{server}: its certificate is not trusted ({reason}); give its authority with --prometheus-ca, or take any with --prometheus-insecure',
  'prometheus.error.timeout':
    '{server}: no answer within {limit}; ask for a shorter window, or wait longer with --prometheus-timeout',
  'prometheus.error.cut': '{server}: the connection ended inside the answer, again and again ({reason})',
  'prometheus.error.too-large': '{server}: the answer is larger than {limit}; ask for a shorter window',
  'prometheus.error.unauthorized':
    '{server}: it wants to know who asks ({status}): {reason}. Give a token with --prometheus-token-file, or a name and password',
  'prometheus.error.forbidden': '{server}: it knows who asks and does not allow it ({status}): {reason}',
  'prometheus.error.not-found':
    "{server}: there is no Prometheus API below this address ({status}); Mimir needs the path /prometheus, VictoriaMetrics' cluster /select/0/prometheus",
  'prometheus.error.redirected':
    '{server}: it leads elsewhere ({status}), to {to}: mostly a login page. Give the address behind it, or a token',
  'prometheus.error.refused':
    "{server}: it refuses the query ({status}): {reason}. Mimir and Cortex need a tenant: --prometheus-header 'X-Scope-OrgID: NAME'",
  'prometheus.error.too-many-samples':
    '{server}: the query is larger than it allows ({status}): {reason}. Ask for a shorter window',
  'prometheus.error.busy': '{server}: it is busy ({status}) and stayed so: {reason}',
  'prometheus.error.server': '{server}: it failed ({status}): {reason}',
  'prometheus.error.not-prometheus':
    '{server}: what answers is not the API of Prometheus (it sent {found}); check the address and its path',
  'prometheus.note.warning': 'The metrics server warns: {text}',
  'prometheus.note.partial': 'The metrics server marks its answer as partial: some of its stores did not answer.',
  'prometheus.note.token-in-clear': '{server}: the credentials go over plain http and can be read on the way',
} as const;
