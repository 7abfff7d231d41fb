import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSource } from '../../../src/import/sources/open.js';
import type { OpenOptions } from '../../../src/import/sources/open-options.js';
import { parseReference } from '../../../src/import/sources/registry/reference.js';
import type { ByteSource } from '../../../src/import/sources/source.js';
import { compress, hasTool } from '../../support/compress.js';
import { FaultServer, fileAnswer } from '../../support/fault-server.js';
import { collect, noise, print } from '../../support/image-bytes.js';
import { quickRetry } from '../../support/import-request.js';
import { type Blob, blob, DOCKER, image, imageIndex, OCI } from '../../support/oci-image.js';
import { OciRegistry, type RegistryContents } from '../../support/oci-registry.js';
import { type TarMember, tarArchive } from '../../support/tar-archive.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const DISK = noise(700_001);
const OTHER = noise(50_000, 2);
const disk: TarMember = { name: 'disk/disk.img', data: DISK };

describe('a disk in a registry', () => {
  it.each([
    ['OCI', OCI, 'gz', '+gzip'],
    ['OCI', OCI, 'zst', '+zstd'],
    ['OCI', OCI, undefined, ''],
    ['docker', DOCKER, 'gz', '.gzip'],
  ] as const)('is read from an image of %s types, layers of %o %o', async (_, types, compression, suffix) => {
    if (compression === 'zst' && !hasTool('zst')) return;
    const tar = tarArchive([{ name: 'disk/', type: '5' }, disk]);
    const layer = blob(`${types.layer}${suffix}`, compression === undefined ? tar : compress(compression, tar));
    const { manifest, blobs } = image([layer], types);
    const registry = await OciRegistry.start({ tags: { latest: manifest, v1: manifest }, blobs });
    for (const version of ['', ':v1', `@${manifest.digest}`, `:v1@${manifest.digest}`]) {
      const source = await open(`${registry.image}${version}`);
      expect(source).toMatchObject({
        shown: `${registry.image}${version}`,
        canRange: false,
        identity: { digest: manifest.digest },
      });
      expect(await read(source)).toBe(print(DISK));
      expect(await read(source, 300_000)).toBe(print(DISK.subarray(300_000)));
    }
  });

  it('is that of the architecture, in an index or in an index of one', async () => {
    const [amd, arm] = [image([layerOf(disk)]), image([layerOf({ name: 'disk/arm.img', data: OTHER })])];
    const attestation = image([layerOf({ name: 'disk/none.img', data: noise(10) })]);
    for (const types of [OCI, DOCKER]) {
      const index = imageIndex(
        [
          { manifest: attestation.manifest, platform: { os: 'unknown', architecture: 'unknown' } },
          { manifest: image([layerOf({ name: 'disk/w' })]).manifest, platform: { os: 'windows', architecture: 'amd64' } },
          { manifest: amd.manifest, platform: { os: 'linux', architecture: 'amd64' } },
          { manifest: arm.manifest, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
        ],
        types,
      );
      const outer = imageIndex([{ manifest: index }], types);
      const blobs = [...amd.blobs, ...arm.blobs, amd.manifest, arm.manifest, index];
      const registry = await OciRegistry.start({ tags: { v1: index, outer }, blobs });
      for (const tag of ['v1', 'outer']) {
        expect(await read(await open(`${registry.image}:${tag}`))).toBe(print(DISK));
        expect(await read(await open(`${registry.image}:${tag}`, { architecture: 'arm64' }))).toBe(print(OTHER));
      }
      await expect(open(`${registry.image}:v1`, { architecture: 's390x' })).rejects.toMatchObject({
        code: 'no-platform',
        problem: { params: { there: { value: 'unknown, amd64, arm64' } } },
      });
    }
  });

  it('is what the highest layer says', async () => {
    const base = layerOf({ name: 'disk/old.img', data: OTHER }, { name: 'etc/passwd', data: noise(100) });
    const tops: [string, TarMember[], Buffer | undefined][] = [
      ['another file', [disk], DISK],
      ['nothing about it', [{ name: 'etc/motd', data: noise(10) }], OTHER],
      ['that it is deleted', [{ name: 'disk/.wh.old.img' }], undefined],
      ['that another is deleted', [{ name: 'disk/.wh.older.img' }], OTHER],
      ['that the directory is deleted', [{ name: '.wh.disk' }], undefined],
      ['that the directory is empty', [{ name: 'disk/.wh..wh..opq' }], undefined],
      [
        'that the directory has a new file only',
        [{ name: './disk/.wh..wh..opq' }, { name: './disk/disk.img', data: DISK }],
        DISK,
      ],
      ['that the root is empty', [{ name: '.wh..wh..opq' }], undefined],
      ['that the file is another kind of thing', [{ name: 'disk/old.img', type: '2', linkName: '/etc/passwd' }], undefined],
    ];
    for (const [what, members, wanted] of tops) {
      const { manifest, blobs } = image([base, layerOf(...members)]);
      const registry = await OciRegistry.start({ tags: { latest: manifest }, blobs });
      const found = await read(await open(registry.image)).catch((error: { code: string }) => error.code);
      expect(`${what}: ${found}`).toBe(`${what}: ${wanted === undefined ? 'no-disk' : print(wanted)}`);
    }
  });

  it.each<[string, TarMember[], string]>([
    ['two disks', [disk, { name: 'disk/second.img', data: OTHER }], 'several-members'],
    ['none', [{ name: 'etc/disk.img', data: DISK }], 'no-disk'],
    ['one too deep', [{ name: 'disk/sub/disk.img', data: DISK }], 'no-disk'],
    ['an empty one', [{ name: 'disk/disk.img' }], 'no-disk'],
  ])('is not guessed where there are %s', async (_, members, code) => {
    const registry = await registryOf(...members);
    await expect(open(registry.image).then((source) => read(source))).rejects.toMatchObject({ code });
  });

  it('is known by its digests: a registry that lies is refused', async () => {
    const { manifest, blobs } = image([layerOf(disk)]);
    const lie = { ...blobs[1], bytes: layerOf({ name: 'disk/disk.img', data: noise(700_001, 9) }).bytes } as Blob;
    const lying = await OciRegistry.start({ tags: { latest: manifest }, blobs: [lie] });
    await expect(open(lying.image).then((source) => read(source))).rejects.toMatchObject({
      code: 'digest-mismatch',
      fault: 'image',
    });
    const other = image([layerOf({ name: 'disk/disk.img', data: OTHER })]);
    const swapped = await OciRegistry.start({
      tags: {},
      blobs: [...other.blobs, { ...other.manifest, digest: manifest.digest }],
    });
    await expect(open(`${swapped.image}@${manifest.digest}`)).rejects.toMatchObject({ code: 'digest-mismatch' });
    const index = imageIndex([{ manifest, platform: { os: 'linux', architecture: 'amd64' } }]);
    const indexed = await OciRegistry.start({ tags: { latest: index }, blobs: [{ ...other.manifest, digest: manifest.digest }] });
    await expect(open(indexed.image)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('has a whole layer behind it: what follows the disk is checked too', async () => {
    const { manifest, blobs } = image([blob(OCI.layer, tarArchive([disk, { name: 'etc/after', data: OTHER }]))]);
    const layer = blobs[1];
    const bytes = Buffer.from(layer?.bytes ?? []);
    bytes[bytes.length - 1500] = (bytes[bytes.length - 1500] ?? 0) ^ 1;
    const registry = await OciRegistry.start({ tags: { latest: manifest }, blobs: [{ ...layer, bytes } as Blob] });
    await expect(open(registry.image).then((source) => read(source))).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it.each<[string, object | Buffer, string]>([
    ['no JSON', Buffer.from('<html>'), 'bad-answer'],
    ['null', Buffer.from('null'), 'bad-answer'],
    ['no layers', { layers: [] }, 'bad-answer'],
    ['layers that are none', { layers: [{ digest: 'sha256:../../x', size: 1 }] }, 'bad-answer'],
    ['layers of another hash', { layers: [{ digest: `md5:${'0'.repeat(32)}`, size: 1 }] }, 'bad-answer'],
    ['an index without images', { manifests: [] }, 'no-platform'],
    ['an index that is no list', { manifests: 'x' }, 'no-platform'],
    ['an entry that is none', { manifests: [null] }, 'no-platform'],
    ['too much', Buffer.alloc(5 * 1024 * 1024, ' '), 'bad-answer'],
  ])('has a manifest, which is not %s', async (_, content, code) => {
    const registry = await OciRegistry.start({ tags: { latest: blob(OCI.manifest, content) }, blobs: [] });
    await expect(open(registry.image)).rejects.toMatchObject({ code });
  });

  it('is not looked for in an index of itself', async () => {
    const inner = imageIndex([{ manifest: blob(OCI.index, { manifests: [] }) }]);
    const third = imageIndex([{ manifest: inner }]);
    const outer = imageIndex([{ manifest: third }]);
    const registry = await OciRegistry.start({ tags: { latest: outer }, blobs: [third, inner] });
    await expect(open(registry.image)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('is read on when the connection breaks off, and asked for again when the registry is busy', async () => {
    const seen = new Set<string>();
    const registry = await registryOf(disk, {
      special: ({ target }) => {
        if (seen.has(target)) return undefined;
        seen.add(target);
        return { status: 503 };
      },
    });
    expect(await read(await open(registry.image))).toBe(print(DISK));
    const { manifest, blobs } = image([layerOf(disk)]);
    const dying = await OciRegistry.start({
      tags: { latest: manifest },
      blobs,
      special: (request) =>
        request.target.endsWith(blobs[1]?.digest ?? '')
          ? { ...fileAnswer(blobs[1]?.bytes ?? OTHER, request, {}), cutAfter: 200_000 }
          : undefined,
    });
    expect(await read(await open(dying.image))).toBe(print(DISK));
    expect(dying.server.sent('range').length).toBeGreaterThan(3);
  });

  it('is not there', async () => {
    const registry = await registryOf(disk);
    await expect(open(`${registry.image}:none`)).rejects.toMatchObject({ code: 'source-missing' });
  });
});

describe('a registry', () => {
  it('gives tokens to anybody', async () => {
    const registry = await registryOf(disk, { auth: { kind: 'token' } });
    expect(await read(await open(registry.image))).toBe(print(DISK));
    expect(registry.tokenServer?.sent('authorization')).toEqual([]);
    expect(registry.tokenServer?.requests).toHaveLength(1);
  });

  it.each<[string, Partial<OpenOptions>]>([
    ['the login that is given', { http: { env: {}, basic: { user: 'ann', password: 'pass:word' } } }],
    ['the auth of a docker config file', { registryAuth: config({ auth: base64('ann:pass:word') }) }],
    ['the login of a docker config file', { registryAuth: config({ username: 'ann', password: 'pass:word' }) }],
  ])('takes %s, by tokens or as it is', async (_, options) => {
    for (const kind of ['token', 'basic'] as const) {
      const registry = await registryOf(disk, { auth: { kind, login: 'ann:pass:word' } });
      const { host } = new URL(registry.server.url);
      const known = { ...options, ...(options.registryAuth && { registryAuth: options.registryAuth.replace('HOST', host) }) };
      expect(await read(await open(registry.image, known))).toBe(print(DISK));
      await expect(open(registry.image)).rejects.toMatchObject({ code: 'source-denied' });
    }
  });

  it('of another name is not told a login', async () => {
    const registry = await registryOf(disk, { auth: { kind: 'token', login: 'ann:x' } });
    await expect(open(registry.image, { registryAuth: config({ auth: base64('ann:x') }) })).rejects.toMatchObject({
      code: 'source-denied',
    });
    expect(registry.tokenServer?.sent('authorization')).toEqual([]);
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"auths":null}',
    '{"auths":{"HOST":null}}',
    '{"auths":{"HOST":{"auth":5}}}',
    '{"auths":{"HOST":{}}}',
  ])('takes a docker config file of %o for one without logins', async (text) => {
    const registry = await registryOf(disk);
    const registryAuth = text.replace('HOST', new URL(registry.server.url).host);
    expect(await read(await open(registry.image, { registryAuth }))).toBe(print(DISK));
  });

  it('whose tokens run out is asked for new ones', async () => {
    const registry = await registryOf(disk, { auth: { kind: 'token', login: 'ann:x', uses: 1 } });
    const http = { env: {}, basic: { user: 'ann', password: 'x' } };
    expect(await read(await open(registry.image, { http }))).toBe(print(DISK));
    expect(registry.tokenServer?.requests.length).toBeGreaterThan(1);
  });

  it.each([
    ['no URL', 'Bearer realm="nowhere"'],
    ['a file', 'Bearer realm="file:///etc/passwd"'],
    ['none', 'Bearer service="x"'],
  ])('whose token service is %s is refused', async (_, value) => {
    const registry = await registryOf(disk, { special: () => ({ status: 401, headers: { 'www-authenticate': value } }) });
    await expect(open(registry.image)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it.each(['', 'x', '{}', '{"token":5}', '{"token":"a b\\n"}'])('whose token service gives %o is refused', async (body) => {
    const service = await FaultServer.start(() => ({ body: Buffer.from(body) }));
    const registry = await registryOf(disk, {
      special: () => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="${service.url}"` } }),
    });
    await expect(open(registry.image)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('that has its blobs elsewhere does not have its secrets told there', async () => {
    const { manifest, blobs } = image([layerOf(disk)]);
    const store = await FaultServer.start((request) => {
      const found = blobs.find(({ digest }) => request.target.startsWith(`/${digest}`));
      return found === undefined ? { status: 404 } : fileAnswer(found.bytes, request);
    });
    for (const auth of [
      { kind: 'token', login: 'ann:secret' },
      { kind: 'basic', login: 'ann:secret' },
    ] as const) {
      const registry = await OciRegistry.start({ tags: { latest: manifest }, blobs, auth, blobHost: store });
      const http = { env: {}, basic: { user: 'ann', password: 'secret' }, headers: { 'x-key': 'secret' } };
      expect(await read(await open(registry.image, { http }))).toBe(print(DISK));
    }
    expect(store.requests.length).toBeGreaterThan(1);
    expect(JSON.stringify(store.requests)).not.toMatch(/authorization|token-|secret|x-key/i);
  });

  it('has its headers to itself: the token service is told the login only', async () => {
    const registry = await registryOf(disk, { auth: { kind: 'token' } });
    const http = { env: {}, headers: { 'x-key': 'header-secret' } };
    expect(await read(await open(registry.image, { http }))).toBe(print(DISK));
    expect(registry.server.sent('x-key').length).toBeGreaterThan(0);
    expect(JSON.stringify(registry.tokenServer?.requests)).not.toContain('header-secret');
  });

  it('has the token that is given to itself, and is not asked for another', async () => {
    const registry = await registryOf(disk, { auth: { kind: 'token' } });
    const http = { env: {}, token: 'static-secret' };
    await expect(open(registry.image, { http })).rejects.toMatchObject({ code: 'source-denied' });
    expect(registry.server.sent('authorization')).toEqual(['Bearer static-secret']);
    expect(registry.tokenServer?.requests).toEqual([]);
  });
});

describe('the name of an image', () => {
  it.each([
    ['fedora', 'registry-1.docker.io', 'library/fedora', 'latest'],
    ['docker.io/kubevirt/fedora:41', 'registry-1.docker.io', 'kubevirt/fedora', '41'],
    ['quay.io/containerdisks/fedora', 'quay.io', 'containerdisks/fedora', 'latest'],
    ['localhost/a', 'localhost', 'a', 'latest'],
    ['host:5000/a/b/c:t', 'host:5000', 'a/b/c', 't'],
    [`quay.io/a/b:t@sha256:${'0'.repeat(64)}`, 'quay.io', 'a/b', `sha256:${'0'.repeat(64)}`],
  ])('%s is read as docker reads it', (text, host, repository, version) => {
    expect(parseReference(text)).toEqual({ host, repository, version });
  });

  it.each([
    '',
    'UPPER/case',
    'a//b',
    'a/b:',
    'a/b@sha256:0',
    'a/b@md5:0',
    '../x',
    'a/../b',
    'ann:secret@quay.io/a/b',
    'ann:secret@quay.io/a/b@sha256:0',
    '..:secret@a/b',
    'quay.io/a?secret',
    'a b',
  ])('%o is refused, and no secret of it is shown', (text) => {
    const parse = () => parseReference(text);
    expect(parse).toThrow(expect.objectContaining({ code: 'bad-source' }));
    try {
      parse();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('secret');
    }
  });
});

describe('a disk in an archive of an image', () => {
  const { manifest, blobs } = image([layerOf(disk)]);
  const second = image([layerOf({ name: 'disk/second.img', data: OTHER })]);

  it('is the only one, or the one that is named', async () => {
    const one = archiveOf([{ manifest }], [...blobs, manifest]);
    expect(await read(await open(`oci-archive:${one}`))).toBe(print(DISK));
    const both = archiveOf(
      [
        { manifest, name: 'quay.io/a/b:1' },
        { manifest: second.manifest, name: 'second' },
      ],
      [...blobs, manifest, ...second.blobs, second.manifest],
    );
    expect(await read(await open(`oci-archive:${both}:quay.io/a/b:1`))).toBe(print(DISK));
    const source = await open(`oci-archive:${both}:second`);
    expect(source.shown).toBe(`oci-archive:${both}`);
    expect(await read(source)).toBe(print(OTHER));
    expect(await read(source, 10_000)).toBe(print(OTHER.subarray(10_000)));
    await expect(open(`oci-archive:${both}`)).rejects.toMatchObject({ code: 'bad-answer' });
    await expect(open(`oci-archive:${both}:third`)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('is that of the architecture', async () => {
    const index = imageIndex([
      { manifest, platform: { os: 'linux', architecture: 'amd64' } },
      { manifest: second.manifest, platform: { os: 'linux', architecture: 'arm64' } },
    ]);
    const path = archiveOf([{ manifest: index }], [...blobs, manifest, ...second.blobs, second.manifest, index]);
    expect(await read(await open(`oci-archive:${path}`, { architecture: 'arm64' }))).toBe(print(OTHER));
  });

  it('is found among any number of layers of any size', async () => {
    const small = Array.from({ length: 12 }, (_, index) =>
      blob(OCI.layer, tarArchive([{ name: `x${index}`, data: noise(3_000_000, index) }])),
    );
    const many = image([...small, layerOf(disk)]);
    const path = archiveOf([{ manifest: many.manifest }], [...many.blobs, many.manifest]);
    expect(await read(await open(`oci-archive:${path}`))).toBe(print(DISK));
  });

  it('is known by its digests', async () => {
    const wrong = { ...blobs[1], bytes: layerOf({ name: 'disk/disk.img', data: OTHER }).bytes } as Blob;
    const path = archiveOf([{ manifest }], [wrong, manifest]);
    await expect(open(`oci-archive:${path}`).then((source) => read(source))).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('is not in an archive of something else', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'other.tar');
    writeFileSync(path, tarArchive([{ name: 'index.json', data: Buffer.from('{"manifests":[null]}') }]));
    await expect(open(`oci-archive:${path}`)).rejects.toMatchObject({ code: 'bad-answer' });
    writeFileSync(path, noise(10_000));
    await expect(open(`oci-archive:${path}`)).rejects.toMatchObject({ code: 'damaged' });
    await expect(open(`oci-archive:${path}.none`)).rejects.toMatchObject({ code: 'source-missing' });
    const gone = archiveOf([{ manifest }], [manifest]);
    await expect(open(`oci-archive:${gone}`).then((source) => read(source))).rejects.toMatchObject({ code: 'bad-answer' });
  });
});

/** A layer, compressed as most are. */
function layerOf(...members: TarMember[]): Blob {
  return blob(`${OCI.layer}+gzip`, compress('gz', tarArchive(members)));
}

/** A registry with an image of one layer. */
async function registryOf(...parts: readonly (TarMember | Partial<RegistryContents>)[]): Promise<OciRegistry> {
  const members = parts.filter((part): part is TarMember => 'name' in part);
  const choice = parts.find((part): part is Partial<RegistryContents> => !('name' in part));
  const { manifest, blobs } = image([layerOf(...members)]);
  return OciRegistry.start({ tags: { latest: manifest }, blobs, ...choice });
}

/** An OCI image layout as skopeo puts it into a tar archive: blobs in the order of their digests, the index last. */
function archiveOf(images: readonly { manifest: Blob; name?: string }[], blobs: readonly Blob[]): string {
  const index = {
    schemaVersion: 2,
    manifests: images.map(({ manifest, name }) => ({
      mediaType: manifest.type,
      digest: manifest.digest,
      size: manifest.bytes.length,
      ...(name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } }),
    })),
  };
  const path = join(temporaryDirectory(), 'archive.tar');
  const members = [...blobs]
    .sort((one, other) => one.digest.localeCompare(other.digest))
    .map(({ digest, bytes }) => ({ name: `blobs/${digest.replace(':', '/')}`, data: bytes }));
  const layout = { name: 'oci-layout', data: Buffer.from('{"imageLayoutVersion":"1.0.0"}') };
  writeFileSync(path, tarArchive([...members, { name: 'index.json', data: Buffer.from(JSON.stringify(index)) }, layout]));
  return path;
}

function config(entry: object): string {
  return JSON.stringify({ auths: { HOST: entry } });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const { signal } = new AbortController();

async function open(text: string, options: Partial<OpenOptions> = {}): Promise<ByteSource> {
  const source = await openSource(text, {
    http: { env: {} },
    s3: { region: 'us-east-1' },
    architecture: 'amd64',
    plainHttp: false,
    retry: quickRetry,
    signal,
    isCheckedLater: false,
    ...options,
  });
  onTestFinished(() => source.close());
  return source;
}

function read(source: ByteSource, offset = 0): Promise<string> {
  return collect(source.read(offset, signal)).then(print);
}
