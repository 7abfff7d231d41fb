/**
 * Lines a busy Kubernetes node writes to its syslog when no OOM kill is near, in the forms that the kubelet, containerd,
 * the kernel, systemd, sshd and auditd use. Seeded: the same seed gives the same lines.
 */

/** A small seeded generator (mulberry32): good enough spread for filler text, and the same on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.below(0x1000_0000).toString(16).padStart(7, '0');
    return text.slice(0, digits);
  }

  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-8${this.hex(3)}-${this.hex(12)}`;
  }

  address(): string {
    return `10.${this.below(256)}.${this.below(256)}.${this.below(256)}`;
  }
}

interface Moment {
  readonly random: Random;
  /** ISO 8601, UTC, microseconds. */
  readonly stamp: string;
  /** klog's header after the level, e.g. `1103 09:12:44.123456    1234`. */
  readonly klog: string;
  /** printk's stamp, e.g. `[ 5123.123456]`. */
  readonly uptime: string;
}

type Template = (at: Moment) => string;

const NAMESPACES = ['default', 'kube-system', 'monitoring', 'payments', 'ingress-nginx', 'team-search'] as const;
const APPS = ['web', 'checkout', 'coredns', 'node-exporter', 'fluent-bit', 'kafka-connect', 'search-indexer', 'redis'] as const;
const IMAGES = [
  'registry.example.com/shop/web:1.42.0',
  'docker.io/library/redis:7.2',
  'quay.io/prometheus/node-exporter:v1.8.1',
] as const;

function pod(random: Random): string {
  return `${random.pick(NAMESPACES)}/${random.pick(APPS)}-${random.hex(9)}-${random.hex(5)}`;
}

const KUBELET: Template = ({ random, klog }) => {
  const name = pod(random);
  const uid = random.uuid();
  return `kubelet[1234]: ${random.pick<Template>([
    () =>
      `I${klog} kubelet.go:2453] "SyncLoop (PLEG): event for pod" pod="${name}" event={"ID":"${uid}","Type":"ContainerStarted","Data":"${random.hex(64)}"}`,
    () =>
      `I${klog} reconciler_common.go:231] "operationExecutor.MountVolume started for volume \\"kube-api-access-${random.hex(5)}\\" (UniqueName: \\"kubernetes.io/projected/${uid}-kube-api-access\\") pod \\"${name}\\" (UID: \\"${uid}\\") " pod="${name}"`,
    () =>
      `I${klog} operation_generator.go:664] "MountVolume.SetUp succeeded for volume \\"config\\" (UniqueName: \\"kubernetes.io/configmap/${uid}-config\\") pod \\"${name}\\" (UID: \\"${uid}\\") " pod="${name}"`,
    () =>
      `I${klog} prober.go:107] "Probe failed" probeType="Readiness" pod="${name}" podUID="${uid}" containerName="app" probeResult="failure" output="Get \\"http://${random.address()}:8080/healthz\\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"`,
    () =>
      `E${klog} pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container=app pod=${name}\\"" pod="${name}" podUID="${uid}"`,
    () =>
      `I${klog} pod_startup_latency_tracker.go:104] "Observed pod startup duration" pod="${name}" podStartSLOduration=${random.below(90)}.${random.below(999999)}`,
    () =>
      `I${klog} kuberuntime_container.go:808] "Killing container with a grace period" pod="${name}" podUID="${uid}" containerName="app" containerID="containerd://${random.hex(64)}" gracePeriod=30`,
    () =>
      `I${klog} image_gc_manager.go:383] "Disk usage on image filesystem is over the high threshold, trying to free bytes down to the low threshold" usage=${random.below(100)} highThreshold=85 amountToFree=${random.below(1e9)} lowThreshold=80`,
  ])({ random, klog, stamp: '', uptime: '' })}`;
};

const CONTAINERD: Template = ({ random, stamp }) => {
  const id = random.hex(64);
  const text = random.pick<() => string>([
    () =>
      `level=info msg="CreateContainer within sandbox \\"${id}\\" for container &ContainerMetadata{Name:app,Attempt:${random.below(9)},}"`,
    () => `level=info msg="StartContainer for \\"${id}\\" returns successfully"`,
    () => `level=info msg="PullImage \\"${random.pick(IMAGES)}\\""`,
    () => `level=info msg="shim disconnected" id=${id} namespace=k8s.io`,
    () =>
      `level=info msg="starting signal loop" namespace=k8s.io path=/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id} pid=${random.below(99999)} runtime=io.containerd.runc.v2`,
    () => `level=warning msg="cleaning up after shim disconnected" id=${id} namespace=k8s.io`,
  ]);
  return `containerd[998]: time="${stamp}" ${text()}`;
};

const KERNEL: Template = ({ random, uptime }) => {
  const veth = `veth${random.hex(8)}`;
  const text = random.pick<() => string>([
    () => `cni0: port ${random.below(110)}(${veth}) entered ${random.pick(['blocking', 'disabled', 'forwarding'])} state`,
    () => `IPv6: ADDRCONF(NETDEV_CHANGE): ${veth}: link becomes ready`,
    () => `device ${veth} entered promiscuous mode`,
    () => `eth0: renamed from ${veth}`,
    () =>
      `[UFW BLOCK] IN=eth0 OUT= MAC=${random.hex(2)}:${random.hex(2)}:${random.hex(2)} SRC=${random.address()} DST=${random.address()} LEN=40 TOS=0x00 PREC=0x00 TTL=${random.below(255)} ID=${random.below(65536)} PROTO=TCP SPT=${random.below(65536)} DPT=${random.below(65536)} WINDOW=1024 RES=0x00 SYN URGP=0`,
    () =>
      `EXT4-fs (sd${random.pick(['a', 'b', 'c'])}1): mounted filesystem with ordered data mode. Opts: (null). Quota mode: none.`,
    () =>
      `audit: type=1400 audit(17306${random.below(99999)}.${random.below(999)}:${random.below(99999)}): apparmor="STATUS" operation="profile_load" profile="unconfined" name="cri-containerd.apparmor.d" pid=${random.below(99999)} comm="apparmor_parser"`,
    () => `TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.  Check SNMP counters.`,
  ]);
  return `kernel: ${uptime} ${text()}`;
};

const SYSTEM: Template = ({ random }) =>
  random.pick<() => string>([
    () => `systemd[1]: Started Session ${random.below(99999)} of User root.`,
    () => `systemd[1]: run-containerd-runc-k8s.io-${random.hex(64)}-runc.${random.hex(6)}.mount: Deactivated successfully.`,
    () => `systemd[1]: cri-containerd-${random.hex(64)}.scope: Consumed ${random.below(900)}.${random.below(999)}s CPU time.`,
    () =>
      `sshd[${random.below(65536)}]: Failed password for invalid user admin from ${random.address()} port ${random.below(65536)} ssh2`,
    () => `sshd[${random.below(65536)}]: pam_unix(sshd:session): session opened for user core(uid=500) by (uid=0)`,
    () => `CRON[${random.below(65536)}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
    () => `chronyd[811]: Selected source ${random.address()} (2.debian.pool.ntp.org)`,
    () =>
      `dockerd[777]: time="2024-11-03T00:00:00Z" level=info msg="ignoring event" container=${random.hex(64)} module=libcontainerd namespace=moby topic=/tasks/delete`,
  ])();

/** A node talks most through its kubelet and runtime. */
const PROGRAMS: readonly [Template, ...Template[]] = [KUBELET, KUBELET, KUBELET, CONTAINERD, CONTAINERD, KERNEL, KERNEL, SYSTEM];

const START = Date.UTC(2024, 10, 3);
const HOST = 'node-17';

/** Yields syslog lines without end, each with its newline, a few milliseconds apart, with RFC 3339 stamps. */
export function* noiseLines(seed: number): Generator<string, never> {
  const random = new Random(seed);
  let milliseconds = START;
  for (;;) {
    milliseconds += 1 + random.below(20);
    const micros = String(random.below(1000)).padStart(3, '0');
    const iso = new Date(milliseconds).toISOString();
    const stamp = `${iso.slice(0, -1)}${micros}Z`;
    const klog = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}${micros}    1234`;
    const uptime = `[${((milliseconds - START) / 1000 + 5123).toFixed(3).padStart(9)}${micros}]`;
    yield `${stamp.slice(0, -1)}+00:00 ${HOST} ${random.pick(PROGRAMS)({ random, stamp, klog, uptime })}\n`;
  }
}
