import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { makeKill } from './lab/kill.js';
import { leftovers } from './lab/leftovers.js';
import { skipKills } from './lab/requirements.js';
import { anonSingle } from './lab/scenes.js';
import { cleanUp } from './lab/undo.js';

describe.skipIf(skipKills())('oomkit diagnose --kmsg', () => {
  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  it('sees the kill that was just made', async () => {
    const kill = await makeKill(anonSingle);
    // From source: the tests of the command line may be building dist/ at this moment.
    const args = ['dist/oomkit.js', 'diagnose', '--kmsg', '--container', kill.containerId, '-o', 'json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { items } = JSON.parse(stdout);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      incident: { scope: 'memcg', container: { podUid: kill.pod.podUid, containerId: kill.containerId } },
      accounting: { limitBytes: anonSingle.limitBytes },
    });
    expect(anonSingle.causes).toContain(items[0].causes[0].id);
  });
});
