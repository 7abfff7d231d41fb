/** What `oomkit size` recommends, and how it came to that. */
export const size = {
  'size.title': '{workload}, container {container}: request {request}, limit {limit}',
  'size.seen': '{samples|sample|samples} of {count|pod|pods} over {covered}, one every {step}',
  'size.basis.charge-less-file':
    'What cannot be reclaimed: the charge less both lists of file pages (anon, shmem and kernel memory).',
  'size.basis.charge-less-cache': 'What cannot be reclaimed: the charge less the cache (anon and kernel memory).',
  'size.basis.rss': 'What cannot be reclaimed: rss (anon memory).',
  'size.arithmetic.percentile':
    '{percentile} of the samples of the pod that needed most are at {seen} or below; {factor} of that is {sum}, rounded up to {size}',
  'size.arithmetic.peak': 'the highest was {seen}; {factor} of that is {sum}, rounded up to {size}',
  'size.arithmetic.kill':
    'a kill at a limit of {seen} shows that more was needed, not how much: {added} more is {sum}, rounded up to {size}',
  'size.label.request': 'Request',
  'size.label.limit': 'Limit',
  'size.label.now': 'Now',
  'size.label.confidence': 'Confidence',
  'size.label.history': 'History',
  'size.now': 'request {request}, limit {limit}',
  'size.confidence.high': 'high',
  'size.confidence.medium': 'medium',
  'size.confidence.low': 'low',
  'size.heading.patch': 'As a patch',
  'size.heading.doubts': 'What makes it less sure',
  'size.refused': '{workload}, container {container}: nothing is recommended: {why}',
  'size.refused.too-short': '{count|sample|samples} over {covered} are too little; it takes {leastCount} over {least}',
  'size.refused.working-set': 'the metrics keep only the working set, which has active page cache in it',
  'size.absent': '{workload}: {server} has no samples of such a pod in the window',
  'size.doubt.leak': 'Memory grows without an end in the pod that needed most: no limit will be enough. Find the leak first.',
  'size.doubt.kills':
    '{count|OOM kill|OOM kills} in the window: what was seen is cut off at the limit, and the true need is higher.',
  'size.doubt.far-below':
    'At {count|kill|kills} the last sample was far below the limit: a spike between two samples, or dirty page cache, which a larger limit does not cure. Diagnose before sizing.',
  'size.doubt.basis.charge-less-cache':
    'The lists of file pages are not kept, so files on a tmpfs are not counted: add them if the pod has an emptyDir with medium Memory.',
  'size.doubt.basis.rss': 'Only rss is kept: kernel memory and tmpfs are not counted.',
  'size.doubt.short': '{covered} of history are less than a week: a weekly load is not in it.',
  'size.doubt.one-pod': 'One pod only: how replicas differ is not seen.',
  'size.note.by-name':
    'No metric tells the owners of pods: they were found by how such pods are named, which may take in another workload of a similar name.',
} as const;
