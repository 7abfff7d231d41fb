import type { Unwrapped } from '../streams/unwrap.js';
import type { Copy } from './copy.js';
import { type Plan, sizesOf } from './plan.js';
import type { ImportRequest } from './request.js';
import type { Transfer } from './transfer.js';
import { verifyTarget } from './verify.js';
import type { Work } from './work.js';

/** A raw disk: its bytes go to the target as they come. */
export function copyWork(request: ImportRequest, plan: Plan, transfer: Transfer, image: Unwrapped): Work {
  const imageBytes = transfer.imageBytes(image);
  let copied: Copy | undefined;
  return {
    format: image.format,
    layers: image.layers,
    ...(imageBytes === undefined ? {} : { imageBytes }),
    write: async ({ writer }, copy) => {
      copied = copy;
      const sizes = sizesOf(plan.facts, request);
      const size = await copy.run(image.chunks, sizes, (position) => transfer.report(position, imageBytes, writer.writtenBytes));
      await transfer.confirm();
      return size;
    },
    verify: async (_, sizeBytes) => {
      const digests = copied?.digests();
      if (digests === undefined) return false;
      await verifyTarget(plan.facts.path, sizeBytes, digests, request.signal);
      return true;
    },
    writtenBytes: ({ writer }) => writer.writtenBytes,
    close: async () => void (await image.chunks.return(undefined)),
  };
}
