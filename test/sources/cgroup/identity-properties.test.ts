import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CgroupDriver, ContainerRuntime, QosClass } from '../../../src/model/index.js';
import { identifyCgroup } from '../../../src/sources/cgroup/identity.js';

/** The parts of a container's place, from which both the path and the identity follow. */
interface Parts {
  readonly driver: CgroupDriver;
  readonly runtime: ContainerRuntime;
  readonly qosClass: QosClass;
  readonly podUid: string;
  readonly containerId: string;
  readonly root: readonly string[];
  readonly outer: string | undefined;
  readonly below: string;
}

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

const partsArbitrary: fc.Arbitrary<Parts> = fc.record({
  driver: fc.constantFrom('cgroupfs', 'systemd'),
  runtime: fc.constantFrom('containerd', 'cri-o', 'docker'),
  qosClass: fc.constantFrom('guaranteed', 'burstable', 'besteffort'),
  podUid: fc.oneof(fc.uuid(), hex(32)),
  containerId: fc.oneof(hex(64), hex(12)),
  root: fc.array(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { maxLength: 2 }),
  outer: fc.option(
    fc.oneof(
      hex(64).map((id) => `/docker/${id}`),
      hex(64).map((id) => `/system.slice/docker-${id}.scope`),
      hex(64).map((id) => `/machine.slice/libpod-${id}.scope`),
      fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `/lxc.payload.${name}`),
    ),
    { nil: undefined },
  ),
  below: fc.constantFrom('', '/container', '/init.scope', '/system.slice/nginx.service', '/kube-proxy'),
});

const SCOPE_PREFIX: Readonly<Record<string, string>> = { containerd: 'cri-containerd', 'cri-o': 'crio', docker: 'docker' };

/** The path as the kubelet and the runtime would make it. */
function pathOf(parts: Parts): string {
  const tree = [...parts.root, 'kubepods', ...(parts.qosClass === 'guaranteed' ? [] : [parts.qosClass]), `pod${parts.podUid}`];
  const outer = parts.outer ?? '';
  if (parts.driver === 'cgroupfs') {
    const prefix = parts.runtime === 'cri-o' ? 'crio-' : '';
    return `${outer}/${tree.join('/')}/${prefix}${parts.containerId}${parts.below}`;
  }
  const escaped = tree.map((part) => part.replaceAll('-', '_'));
  const slices = escaped.map((_, index) => `${escaped.slice(0, index + 1).join('-')}.slice`);
  return `${outer}/${slices.join('/')}/${SCOPE_PREFIX[parts.runtime]}-${parts.containerId}.scope${parts.below}`;
}

describe('identifyCgroup, for any container', () => {
  it('gives back the parts that the path was made of', () => {
    fc.assert(
      fc.property(partsArbitrary, (parts) => {
        const runtimeIsNamed = parts.driver === 'systemd' || parts.runtime === 'cri-o';
        expect(identifyCgroup(pathOf(parts))).toEqual({
          level: 'container',
          podUid: parts.podUid,
          containerId: parts.containerId,
          qosClass: parts.qosClass,
          driver: parts.driver,
          ...(runtimeIsNamed ? { runtime: parts.runtime } : {}),
          ...(parts.outer === undefined ? {} : { nestedIn: parts.outer }),
        });
      }),
    );
  });

  it('never takes a cut path for another pod or another class', () => {
    fc.assert(
      fc.property(partsArbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (parts, share) => {
        const path = pathOf(parts);
        const identity = identifyCgroup(path.slice(0, Math.floor(path.length * share)));
        expect([undefined, parts.podUid]).toContain(identity.podUid);
        expect([undefined, parts.qosClass]).toContain(identity.qosClass);
        if (identity.podUid !== undefined && identity.containerId !== undefined) {
          expect(parts.containerId.startsWith(identity.containerId)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('identifyCgroup, for hostile paths', () => {
  const words = [
    'kubepods',
    'kubepods.slice',
    '-pod',
    '.slice:',
    ':',
    '.scope',
    'docker-',
    'crio-',
    'burstable',
    'lxc',
    '/',
    'a',
    '\u0000',
    '\u001b[31m',
  ];

  it('never throws and always names a level', () => {
    const hostile = fc.array(fc.constantFrom(...words), { maxLength: 300 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 300 })), (path) => {
        expect(['container', 'pod', 'qos', 'kubepods', 'other']).toContain(identifyCgroup(path).level);
      }),
    );
  });

  it('bears a path without end', () => {
    // A quadratic expression would run for many minutes here and trip the runner's own limit.
    for (const word of [...words, '/kubepods', '/kubepods.slice', '-', '0', '_0', '/docker/0000000', ' (deleted)']) {
      expect(identifyCgroup(word.repeat(100_000)).podUid).toBeUndefined();
    }
  });
});
