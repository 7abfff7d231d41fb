import type { imageSafety as english } from '../en/image-safety.js';

/** 镜像为何不被打开：在哪里发现了什么，该怎么办。 */
export const imageSafety = {
  'image.refused.polyglot':
    '拒绝此镜像：它同时是 {first} 和 {second}，不同程序看到的磁盘会不一样；请向制作者索取只有一种格式的镜像',
  'image.refused.unsupported-format': '拒绝此镜像：不导入 {found} 格式；请先解包，或转换为 raw 或 qcow2',
  'image.refused.unsupported-variant': '拒绝此 {format} 镜像：不支持 {variant}（位于 {offset}）；请先转换为 raw 或 qcow2',
  'image.refused.truncated': '拒绝此 {format} 镜像：文件不完整，位于 {offset} 的 {field} 缺失或残缺；请重新传输',
  'image.refused.outside-file':
    '拒绝此 {format} 镜像：{field}（位于 {offset}）指向 {end}，而文件到 {sizeHex}（{size}）为止；若是传输不完整，请重新传输，否则就是伪造的',
  'image.refused.bad-field':
    '拒绝此 {format} 镜像：{field}（位于 {offset}）的值是 {value}，允许的是 {allowed}。镜像已损坏或系伪造；请用 qemu-img check 检查原始镜像',
  'image.refused.bad-checksum': '拒绝此 {format} 镜像：{field}（位于 {offset}）的校验和不符，镜像已损坏；请重新传输',
  'image.refused.backing-file':
    '拒绝此 {format} 镜像：它只保存与另一个镜像（{name}，位于 {offset}）的差异；请在两者都可信的地方用 qemu-img convert 合并',
  'image.refused.external-data-file':
    '拒绝此 {format} 镜像：数据存放在另一个文件里（位于 {offset}）；请在该文件所在处用 qemu-img convert 转换为单个文件',
  'image.refused.external-extent':
    '拒绝此 {format} 镜像：它是多文件磁盘的一部分，或引用了其他文件（{name}，位于 {offset}）；请在所有文件都在的地方用 qemu-img convert 转换为单个文件',
  'image.refused.encrypted': '拒绝此 {format} 镜像：已加密（位于 {offset}）；请先用 qemu-img convert 和密钥解密',
  'image.refused.unknown-feature':
    '拒绝此 {format} 镜像：它带有未知特性（{bits}，位于 {offset}），并声明这时不得打开；请用制作它的程序转换',
  'image.refused.marked-corrupt':
    '拒绝此 {format} 镜像：最后写入它的程序已将其标记为损坏（位于 {offset}）；请用 qemu-img check -r all 修复一份副本',
  'image.refused.unclean': '拒绝此 {format} 镜像：最后一次写入后没有正常关闭（位于 {offset}）；请用写入它的程序打开再关闭一次',
  'image.refused.too-large': '拒绝此镜像：其中的磁盘有 {size}，超过 {limit}；如确实有这么大，请在信任它的环境中用 qemu-img 转换',
  'image.refused.overlapping':
    '拒绝此 {format} 镜像：文件只有 {size}，却声称存有 {data}：其中有些部分被反复引用，没有程序会这样写',
  'image.refused.too-dense': '拒绝此 {format} 镜像：{in} 会变成 {out}，增大 {ratio} 倍以上：真实镜像不会如此',
  'image.refused.too-much-metadata': '拒绝此 {format} 镜像：读取它的 {field} 需要 {bytes}，超过 {limit}；正常的镜像用不了这么多',
  'image.refused.nested-format':
    '拒绝此 {format} 镜像：其中的磁盘以 {found} 的文件头开始（位于 {offset}），会猜测格式的程序会把它当作镜像打开；若确实需要，请先取出里面的镜像再导入',
  'image.unnamed': '未指明名称',
} as const satisfies Record<keyof typeof english, string>;
